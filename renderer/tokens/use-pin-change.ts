import { useRef, useState, type RefObject } from 'react';
import type { Result } from '../../shared/failure.ts';
import type { TokenView } from '../../shared/models/token.ts';
import {
  pinFault,
  sameOctets,
  spending,
  takeOctets,
  type Octets,
  type PinFault,
} from '../pin/octets.ts';
import { useWallet } from '../wallet.ts';
import type { PinWay } from './findings.ts';

type Input = RefObject<HTMLInputElement | null>;
type Fault =
  { readonly in: 'current' | 'next'; readonly fault: PinFault } | { readonly in: 'repeat' };

export interface PinChangeEntry {
  readonly fields: { readonly secret: Input; readonly next: Input; readonly repeat: Input };
  readonly fault: Fault | undefined;
  /** Empties the fields; `null` when what was in them cannot be right. */
  readonly change: () => (() => Promise<Result<undefined>>) | null;
}

/** What is typed for a new PIN. It lives in the fields alone, and as octets until main has them. */
export function usePinChange(
  token: TokenView,
  way: PinWay,
  acceptFinalTry: boolean,
): PinChangeEntry {
  const { api } = useWallet();
  const secretField = useRef<HTMLInputElement>(null);
  const next = useRef<HTMLInputElement>(null);
  const repeat = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<Fault | undefined>();
  const fields = { secret: secretField, next, repeat };
  const { tokenId, login, pinLength } = token;
  const send = (secret?: Octets, newPin?: Octets): Promise<Result<undefined>> => {
    const changed = newPin === undefined ? {} : { newPin };
    const common = { tokenId, acceptFinalTry, ...changed };
    return way === 'change'
      ? api.token.changePin({ ...common, ...(secret === undefined ? {} : { pin: secret }) })
      : api.token.unblockPin({ ...common, ...(secret === undefined ? {} : { puk: secret }) });
  };
  const change = () => {
    if (login === 'pin-pad') return () => send();
    const [secret, newPin, again] = [secretField, next, repeat].map((field) =>
      takeOctets(field.current),
    ) as [Octets, Octets, Octets];
    const found = faultIn(secret, newPin, again, pinLength);
    again.fill(0);
    setFault(found);
    if (found === undefined) return () => spending([secret, newPin], () => send(secret, newPin));
    secret.fill(0);
    newPin.fill(0);
    // All three are empty now, so it starts from the first.
    secretField.current?.focus();
    return null;
  };
  return { fields, fault, change };
}

function faultIn(
  secret: Octets,
  newPin: Octets,
  again: Octets,
  limits: TokenView['pinLength'],
): Fault | undefined {
  // What counts already may be of any length: limits are for what is new.
  if (secret.length === 0) return { in: 'current', fault: 'empty' };
  const ofNext = pinFault(newPin, limits);
  if (ofNext !== undefined) return { in: 'next', fault: ofNext };
  return sameOctets(newPin, again) ? undefined : { in: 'repeat' };
}
