export function isOpenDescriptor(descriptor: number): boolean;
export function namedDescriptors(words: readonly string[]): readonly number[];
