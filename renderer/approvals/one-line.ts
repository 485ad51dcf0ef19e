/** No text in an approval may be longer (docs/approvals.md, Section 5). */
export const longestText = 400;

/** What was typed without the ends of lines and other controls that none of these texts may hold. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
