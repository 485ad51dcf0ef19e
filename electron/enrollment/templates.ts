import type { placeholders } from '../../shared/models/enrollment-profile.ts';

type Placeholder = (typeof placeholders)[number];

/** What each placeholder of a profile stands for here; one that is not known is left out. */
export type TemplateValues = Readonly<Partial<Record<Placeholder, string>>>;

/** The template with its placeholders filled in, once; undefined when a value is missing. */
export function fill(template: string, values: TemplateValues): string | undefined {
  // What is filled in is not looked at again: a value with braces stays a value.
  const parts = template.split(/(\{[^{}]*\})/).map((part) => {
    return part.startsWith('{') ? lookUp(part, values) : part;
  });
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
}

function lookUp(placeholder: string, values: TemplateValues): string | undefined {
  const value = isKnown(placeholder, values) ? values[placeholder] : undefined;
  return value === '' ? undefined : value;
}

function isKnown(placeholder: string, values: TemplateValues): placeholder is Placeholder {
  return Object.hasOwn(values, placeholder);
}
