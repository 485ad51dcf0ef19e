import type { InstallFault } from '../../shared/failure.ts';
import { InstallError } from './install-target.ts';

type Koffi = typeof import('koffi');
type TypeSpec = Parameters<Koffi['sizeof']>[0];
type Pointer = bigint;
type Out<T> = [T];

/** wlanapi.dll, as its header has it; every function but the last two returns an error of winerror.h. */
export interface WlanFunctions {
  WlanOpenHandle(
    dwClientVersion: number,
    pReserved: null,
    pdwNegotiatedVersion: Out<number>,
    phClientHandle: Out<Pointer | null>,
  ): number;
  WlanCloseHandle(hClientHandle: Pointer, pReserved: null): number;
  WlanEnumInterfaces(
    hClientHandle: Pointer,
    pReserved: null,
    ppInterfaceList: Out<Pointer | null>,
  ): number;
  WlanGetProfileList(
    hClientHandle: Pointer,
    pInterfaceGuid: Buffer,
    pReserved: null,
    ppProfileList: Out<Pointer | null>,
  ): number;
  WlanSetProfile(
    hClientHandle: Pointer,
    pInterfaceGuid: Buffer,
    dwFlags: number,
    strProfileXml: string,
    strAllUserProfileSecurity: null,
    bOverwrite: number,
    pReserved: null,
    pdwReasonCode: Out<number>,
  ): number;
  WlanSetProfileEapXmlUserData(
    hClientHandle: Pointer,
    pInterfaceGuid: Buffer,
    strProfileName: string,
    dwFlags: number,
    strEapXmlUserData: string,
    pReserved: null,
  ): number;
  WlanDeleteProfile(
    hClientHandle: Pointer,
    pInterfaceGuid: Buffer,
    strProfileName: string,
    pReserved: null,
  ): number;
  WlanFreeMemory(pMemory: Pointer): void;
  /** A copy of octets in C's memory. */
  read(pointer: Pointer, length: number): Buffer;
}

type NativeName = Exclude<keyof WlanFunctions, 'read'>;
type Row = readonly [result: string, parameters: TypeSpec[]];

/** Each line was compared with learn.microsoft.com/windows/win32/api/wlanapi/nf-wlanapi-<the name in lower case>. */
export function wlanSignatures(koffi: Koffi): Readonly<Record<NativeName, Row>> {
  const [pointer, dword, text] = ['void *', 'uint32_t', 'str16'];
  const pointerOut = koffi.out(koffi.pointer('void *'));
  const dwordOut = koffi.out(koffi.pointer('uint32_t'));
  const set = [pointer, pointer, dword, text, text, 'int', pointer, dwordOut];
  return {
    WlanOpenHandle: [dword, [dword, pointer, dwordOut, pointerOut]],
    WlanCloseHandle: [dword, [pointer, pointer]],
    WlanEnumInterfaces: [dword, [pointer, pointer, pointerOut]],
    WlanGetProfileList: [dword, [pointer, pointer, pointer, pointerOut]],
    WlanSetProfile: [dword, set],
    WlanSetProfileEapXmlUserData: [dword, [pointer, pointer, text, dword, text, pointer]],
    WlanDeleteProfile: [dword, [pointer, pointer, text, pointer]],
    WlanFreeMemory: ['void', [pointer]],
  };
}

/** Throws `InstallError` where there is no Wi-Fi service. */
export async function loadWlan(): Promise<WlanFunctions> {
  try {
    const koffi = await import('koffi');
    const library = koffi.load('wlanapi.dll');
    const functions = Object.entries(wlanSignatures(koffi)).map(([name, [result, parameters]]) => [
      name,
      library.func('__stdcall', name, result, parameters),
    ]);
    return {
      ...(Object.fromEntries(functions) as Pick<WlanFunctions, NativeName>),
      read: (pointer, length) =>
        Buffer.from(koffi.decode(pointer, 'uint8_t', length) as Uint8Array),
    };
  } catch (cause) {
    throw new InstallError('windows-network', 'not-found', 'wlanapi.dll', { cause });
  }
}

/** Of Windows Vista and everything after it. */
const clientVersion = 2;
const WLAN_PROFILE_USER = 0x2;
const ERROR_ACCESS_DENIED = 5;
const ERROR_NOT_FOUND = 1168;
const mostItems = 1024;
const guidLength = 16;
/** `dwNumberOfItems` and `dwIndex`, before the items of both lists. */
const listHeader = 8;
/** WLAN_INTERFACE_INFO: GUID, WCHAR[256], WLAN_INTERFACE_STATE. */
const interfaceLength = guidLength + 512 + 4;
/** WLAN_PROFILE_INFO: WCHAR[256], DWORD. */
const profileLength = 512 + 4;

/** An open session with Windows's Wi-Fi service; one at a time. Every method throws `InstallError`. */
export class WindowsWlan {
  readonly #functions: WlanFunctions;
  readonly #client: Pointer;

  private constructor(functions: WlanFunctions, client: Pointer) {
    this.#functions = functions;
    this.#client = client;
  }

  static with<T>(functions: WlanFunctions, use: (wlan: WindowsWlan) => T): T {
    const client: Out<Pointer | null> = [null];
    expectSuccess(functions.WlanOpenHandle(clientVersion, null, [0], client), 'WlanOpenHandle');
    const [handle] = client;
    if (handle === null) throw refusal('WlanOpenHandle', 'no handle');
    try {
      return use(new WindowsWlan(functions, handle));
    } finally {
      functions.WlanCloseHandle(handle, null);
    }
  }

  /** GUIDs of what this computer has for Wi-Fi. */
  interfaces(): readonly Buffer[] {
    const items = this.#list('WlanEnumInterfaces', interfaceLength, (out) =>
      this.#functions.WlanEnumInterfaces(this.#client, null, out),
    );
    return items.map((item) => item.subarray(0, guidLength));
  }

  profiles(adapter: Buffer): readonly string[] {
    const items = this.#list('WlanGetProfileList', profileLength, (out) =>
      this.#functions.WlanGetProfileList(this.#client, adapter, null, out),
    );
    return items.map((item) => item.subarray(0, 512).toString('utf16le').replace(/\0.*$/s, ''));
  }

  /** For this person alone; one of that name is replaced. */
  setProfile(adapter: Buffer, xml: string): void {
    const reason: Out<number> = [0];
    const status = this.#functions.WlanSetProfile(
      ...([this.#client, adapter, WLAN_PROFILE_USER, xml, null, 1, null, reason] as const),
    );
    // WLAN_REASON_CODE says what is wrong with the profile.
    expectSuccess(status, `WlanSetProfile (${reason[0]})`);
  }

  setUserData(adapter: Buffer, name: string, xml: string): void {
    const status = this.#functions.WlanSetProfileEapXmlUserData(
      ...([this.#client, adapter, name, 0, xml, null] as const),
    );
    expectSuccess(status, 'WlanSetProfileEapXmlUserData');
  }

  /** What is not there is no error. */
  deleteProfile(adapter: Buffer, name: string): void {
    const status = this.#functions.WlanDeleteProfile(this.#client, adapter, name, null);
    if (status !== ERROR_NOT_FOUND) expectSuccess(status, 'WlanDeleteProfile');
  }

  #list(call: string, size: number, ask: (out: Out<Pointer | null>) => number): readonly Buffer[] {
    const out: Out<Pointer | null> = [null];
    expectSuccess(ask(out), call);
    const [list] = out;
    if (list === null) return [];
    try {
      const count = this.#functions.read(list, listHeader).readUInt32LE(0);
      if (count > mostItems) throw refusal(call, `${count} items`);
      const octets = this.#functions.read(list, listHeader + count * size);
      return Array.from({ length: count }, (_none, index) =>
        octets.subarray(listHeader + index * size, listHeader + (index + 1) * size),
      );
    } finally {
      this.#functions.WlanFreeMemory(list);
    }
  }
}

function expectSuccess(status: number, call: string): void {
  if (status === 0) return;
  throw refusal(
    call,
    `error ${status}`,
    status === ERROR_ACCESS_DENIED ? 'store-not-writable' : 'refused',
  );
}

const refusal = (call: string, detail: string, reason: InstallFault = 'refused'): InstallError =>
  new InstallError('windows-network', reason, `${call}: ${detail}`);
