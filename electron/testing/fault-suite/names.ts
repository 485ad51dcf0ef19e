/** Names of this computer, as the CA sees it. */
export const oneName = ['one.example'] as const;
/** Arrays need two members to change their order. */
export const twoNames = ['one.example', 'two.example'] as const;
