export const deep = 'from afar';
