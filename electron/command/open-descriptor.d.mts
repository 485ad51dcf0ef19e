export function isOpenDescriptor(descriptor: number): boolean;
