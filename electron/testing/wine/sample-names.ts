export const sampleSubject = 'Alex at Wine';
export const samplePassphrase = 'opened once';
