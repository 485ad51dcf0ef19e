import { crc32 } from 'node:zlib';

/** A program for Windows (PE32+, x64) that ends at once: `xor eax, eax; ret`. Microsoft, “PE Format”. */
export function windowsProgram(): Buffer {
  const file = Buffer.alloc(0x400);
  file.write('MZ', 0, 'latin1');
  // Where the PE header begins.
  file.writeUInt32LE(0x80, 0x3c);
  file.write('PE\0\0', 0x80, 'latin1');
  writeFileHeader(file, 0x84);
  writeOptionalHeader(file, 0x98);
  writeTextSection(file, 0x188);
  file.set([0x31, 0xc0, 0xc3], 0x200);
  return file;
}

function writeFileHeader(file: Buffer, at: number): void {
  file.writeUInt16LE(0x8664, at);
  // One section, an optional header of 240 octets; an executable that knows large addresses.
  file.writeUInt16LE(1, at + 2);
  file.writeUInt16LE(240, at + 16);
  file.writeUInt16LE(0x22, at + 18);
}

function writeOptionalHeader(file: Buffer, at: number): void {
  file.writeUInt16LE(0x20b, at);
  // Size of code, entry point, base of code.
  file.writeUInt32LE(0x200, at + 4);
  file.writeUInt32LE(0x1000, at + 16);
  file.writeUInt32LE(0x1000, at + 20);
  file.writeBigUInt64LE(0x1_4000_0000n, at + 24);
  // Alignment in memory and on disk.
  file.writeUInt32LE(0x1000, at + 32);
  file.writeUInt32LE(0x200, at + 36);
  // Versions of system and subsystem.
  file.writeUInt16LE(6, at + 40);
  file.writeUInt16LE(6, at + 48);
  // Sizes of image and headers, a program for the console, 16 directories.
  file.writeUInt32LE(0x2000, at + 56);
  file.writeUInt32LE(0x200, at + 60);
  file.writeUInt16LE(3, at + 68);
  file.writeUInt32LE(16, at + 108);
}

function writeTextSection(file: Buffer, at: number): void {
  file.write('.text', at, 'latin1');
  file.writeUInt32LE(3, at + 8);
  file.writeUInt32LE(0x1000, at + 12);
  file.writeUInt32LE(0x200, at + 16);
  file.writeUInt32LE(0x200, at + 20);
  // Code that is executed and read.
  file.writeUInt32LE(0x6000_0020, at + 36);
}

/** A script for PowerShell. */
export const powershellScript = 'Write-Host "Hello"\r\n';

/** A Java archive with one file in it (PKWARE APPNOTE, stored). */
export function javaArchive(name = 'hello.txt', text = 'Hello'): Buffer {
  const data = Buffer.from(text);
  const fileName = Buffer.from(name);
  // Version, flags, method, time, date, CRC, two sizes, length of the name, and no extra field.
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(10, 0);
  fields.writeUInt16LE(0x5a00, 8);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(fileName.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, fileName, data]);
  const entry = [
    Buffer.from('PK\x01\x02'),
    Buffer.from([10, 0]),
    fields,
    Buffer.alloc(14),
    fileName,
  ];
  const directory = Buffer.concat(entry);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}
