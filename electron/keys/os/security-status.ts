import { OsKeyError, type OsKeyFault } from './os-key-error.ts';

/** OSStatus as SecBase.h names it, with what it means to the wallet. */
const statuses: Readonly<Record<number, readonly [name: string, reason: OsKeyFault]>> = {
  [-4]: ['errSecUnimplemented', 'not-supported'],
  [-34]: ['errSecDiskFull', 'full'],
  [-36]: ['errSecIO', 'failed'],
  [-50]: ['errSecParam', 'not-supported'],
  [-61]: ['errSecWrPerm', 'denied'],
  [-108]: ['errSecAllocate', 'failed'],
  [-128]: ['errSecUserCanceled', 'cancelled'],
  [-909]: ['errSecBadReq', 'failed'],
  [-2070]: ['errSecInternalComponent', 'failed'],
  [-25240]: ['errSecACLNotSimple', 'denied'],
  [-25243]: ['errSecNoAccessForItem', 'denied'],
  [-25257]: ['errSecUnknownFormat', 'unusable'],
  [-25258]: ['errSecKeyIsSensitive', 'denied'],
  [-25291]: ['errSecNotAvailable', 'absent'],
  [-25292]: ['errSecReadOnly', 'denied'],
  [-25293]: ['errSecAuthFailed', 'denied'],
  [-25294]: ['errSecNoSuchKeychain', 'absent'],
  [-25295]: ['errSecInvalidKeychain', 'failed'],
  [-25299]: ['errSecDuplicateItem', 'exists'],
  [-25300]: ['errSecItemNotFound', 'not-found'],
  [-25304]: ['errSecInvalidItemRef', 'not-found'],
  [-25307]: ['errSecNoDefaultKeychain', 'absent'],
  [-25308]: ['errSecInteractionNotAllowed', 'needs-person'],
  [-25311]: ['errSecKeySizeNotAllowed', 'not-supported'],
  [-25315]: ['errSecInteractionRequired', 'needs-person'],
  [-25316]: ['errSecDataNotAvailable', 'locked'],
  [-25320]: ['errSecInDarkWake', 'needs-person'],
  [-26275]: ['errSecDecode', 'unusable'],
  [-34018]: ['errSecMissingEntitlement', 'not-entitled'],
  [-67585]: ['errSecServiceNotAvailable', 'absent'],
};

/** errSecSuccess passes; everything else is an error with the name that SecBase.h has for it. */
export function checkOsStatus(status: number, call: string, doing: string): void {
  if (status !== 0) throw osStatusError(status, call, doing);
}

function osStatusError(status: number, call: string, doing: string): OsKeyError {
  const [name, reason] = statuses[status] ?? [String(status), 'failed'];
  return new OsKeyError({ reason, call, status: name }, doing);
}

/** LAError.h: errors of the Secure Enclave's gatekeeper come in the domain `com.apple.LocalAuthentication`. */
const localAuthentication: Readonly<Record<number, readonly [name: string, reason: OsKeyFault]>> = {
  [-1]: ['LAErrorAuthenticationFailed', 'denied'],
  [-2]: ['LAErrorUserCancel', 'cancelled'],
  [-4]: ['LAErrorSystemCancel', 'cancelled'],
  [-5]: ['LAErrorPasscodeNotSet', 'absent'],
  [-8]: ['LAErrorBiometryLockout', 'locked'],
  [-9]: ['LAErrorAppCancel', 'cancelled'],
  [-1004]: ['LAErrorNotInteractive', 'needs-person'],
};

/** A CFError by its domain and code; those of domains that are not listed keep both as their name. */
export function cfErrorOf(
  { domain, status }: { readonly domain: string; readonly status: number },
  call: string,
  doing: string,
): OsKeyError {
  if (domain === 'NSOSStatusErrorDomain') return osStatusError(status, call, doing);
  const known =
    domain === 'com.apple.LocalAuthentication' ? localAuthentication[status] : undefined;
  const [name, reason] = known ?? [`${domain} ${status}`, 'failed' as const];
  return new OsKeyError({ reason, call, status: name }, doing);
}
