const texts = { type: 'array', minItems: 1, items: { type: 'string' } };
const text = { type: 'string', minLength: 1 };
const anyObject = { type: 'object' };

const asked = {
  id: { type: 'string', pattern: '^[a-z0-9-]+$', description: 'Unique in its file.' },
  what: { ...text, description: 'What it is about.' },
  input: { ...anyObject, description: 'What is given beside `given`.' },
};

const refusal = {
  type: 'object',
  description: 'Nothing comes of the input.',
  required: ['by', 'as', 'because'],
  additionalProperties: false,
  properties: {
    by: { enum: ['server', 'client'] },
    as: {
      ...texts,
      description:
        'By a server, the type of the problem without its prefix; by a client, what is wrong or where. Any one of the list.',
    },
    because: text,
  },
};

const vector = (title, end) => ({
  title,
  type: 'object',
  required: ['id', 'what', 'input', ...Object.keys(end)],
  additionalProperties: false,
  properties: { ...asked, ...end },
});

/** What all files of docs/vectors have in common. */
export const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Test vectors of docs/wire-profile.md',
  type: 'object',
  required: ['$schema', 'about', 'section', 'madeBy', 'verifiedBy', 'vectors'],
  additionalProperties: false,
  properties: {
    $schema: text,
    about: { ...text, description: 'What the file is about.' },
    section: { ...text, description: 'Of docs/wire-profile.md, or another page.' },
    madeBy: { ...texts, description: 'Which libraries made the outputs.' },
    verifiedBy: { ...texts, description: 'Who else says that they are right.' },
    given: { ...anyObject, description: 'What all vectors of the file have in common.' },
    vectors: {
      type: 'array',
      minItems: 1,
      items: {
        oneOf: [
          vector('Positive', { output: { ...anyObject, description: 'What comes of the input.' } }),
          vector('Negative', { refusal }),
        ],
      },
    },
  },
};
