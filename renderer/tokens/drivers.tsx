import type { ModuleView, TokensView } from '../../shared/models/token.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts } from '../ui/facts.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

/** The modules that show tokens: which there are, whether they work, and how to add one. */
export function Drivers({ tokens }: { readonly tokens: TokensView }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  return (
    <Card>
      <h2>{say('drivers.title')}</h2>
      <p className="quiet">{say('drivers.text')}</p>
      {tokens.modules.length > 0 && (
        <ul className="drivers">
          {tokens.modules.map((driver) => (
            <Driver key={driver.moduleId} driver={driver} />
          ))}
        </ul>
      )}
      <div>
        <Button busy={busy} onPress={() => void send(() => api.token.addModule({}))}>
          <Icon name="plus" />
          {say('drivers.add')}
        </Button>
      </div>
      {failure !== null && <FailureMessage failure={failure} tone="warning" />}
    </Card>
  );
}

function Driver({ driver }: { readonly driver: ModuleView }) {
  const { say } = useWords();
  const { name, path, status, failure, foundBy, readers } = driver;
  return (
    <li className="driver">
      <div className="driver-text">
        <h3 className="breakable">{name}</h3>
        {status !== 'failed' && (
          <p className="quiet">
            {status === 'starting'
              ? say('drivers.starting')
              : say('drivers.ready', { count: readers.length })}
          </p>
        )}
      </div>
      {foundBy === 'person' && <Forget driver={driver} />}
      <div className="driver-rest">
        {failure !== undefined && (
          <FailureMessage failure={failure} tone="warning" announced={false} />
        )}
        <Disclosure label={say('details')}>
          <Facts
            facts={[
              [say('drivers.path'), path],
              [say('drivers.found'), say(`drivers.foundBy.${foundBy}`)],
            ]}
          />
        </Disclosure>
      </div>
    </li>
  );
}

function Forget({ driver }: { readonly driver: ModuleView }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const { moduleId, name } = driver;
  return (
    <>
      <Button
        size="small"
        busy={busy}
        name={say('drivers.forget.of', { driver: name })}
        onPress={() => void send(() => api.token.forgetModule({ moduleId }))}
      >
        {say('drivers.forget')}
      </Button>
      {failure !== null && (
        <div className="driver-rest">
          <FailureMessage failure={failure} tone="warning" />
        </div>
      )}
    </>
  );
}
