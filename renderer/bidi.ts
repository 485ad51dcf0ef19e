/** A name from outside in the middle of a sentence: whichever way it runs, the sentence keeps its own (UAX #9, FSI and PDI). */
export const isolated = (name: string): string => `\u2068${name}\u2069`;
