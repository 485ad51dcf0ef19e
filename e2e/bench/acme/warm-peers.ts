import { Agent } from 'node:https';
import acme from 'acme-client';
import { FloorClient } from './floor.ts';
import { floorTarget } from './floor-connection.ts';
import type { WarmContender } from './in-process.ts';

/** The lower bound; one connection for each order that is under way. */
export const floor: WarmContender = {
  name: 'lower bound',
  open: async ({ directoryUrl, serverRoot }) => {
    const open = () => FloorClient.open(floorTarget(directoryUrl, serverRoot));
    const idle = [await open()];
    return {
      order: async (name) => {
        const client = idle.pop() ?? (await open());
        const pem = await client.order(name);
        idle.push(client);
        return pem;
      },
      close: () => {
        for (const client of idle) client.close();
      },
    };
  },
};

export const warmAcmeClient: WarmContender = {
  name: 'acme-client (npm)',
  open: async ({ directoryUrl, serverRoot }) => {
    const httpsAgent = new Agent({ ca: serverRoot, keepAlive: true });
    acme.axios.defaults.httpsAgent = httpsAgent;
    const accountKey = await acme.crypto.createPrivateEcdsaKey();
    const client = new acme.Client({ directoryUrl, accountKey, backoffMin: 5, backoffMax: 1_000 });
    await client.createAccount({ termsOfServiceAgreed: true });
    return {
      order: async (name) => {
        const key = await acme.crypto.createPrivateEcdsaKey();
        const [, csr] = await acme.crypto.createCsr({ altNames: [name] }, key);
        return client.auto({
          csr,
          termsOfServiceAgreed: true,
          skipChallengeVerification: true,
          challengePriority: ['http-01'],
          challengeCreateFn: () => Promise.resolve(),
          challengeRemoveFn: () => Promise.resolve(),
        });
      },
      close: () => httpsAgent.destroy(),
    };
  },
};
