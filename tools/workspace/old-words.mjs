/**
 * For ESLint: names that this project had for what the field has a word for. An identifier in which one of them comes back
 * is an error, which says the word that is used now. docs/glossary.md explains them.
 */
const WORDS = {
  abandon: 'leave (the group)',
  abandoned: 'left (the group)',
  blip: 'grace period, or short outage',
  careful: 'isolated',
  dismiss: 'cancel queued work',
  epoch: 'generation',
  floors: 'low watermarks, or lower bounds',
  gathered: 'batched',
  happening: 'input',
  'held key': 'blocked key',
  'held keys': 'blocked keys',
  'in hand': 'in flight',
  lane: 'batch worker',
  lanes: 'batch workers',
  lone: 'a worker of its own',
  patience: 'timeout, or PreferWait',
  postman: 'mailer',
  releaser: 'retry scheduler',
  stranger: 'external client, or external producer',
  surplus: 'excess',
  upkeep: 'maintenance',
  watchdog: 'stall detector',
};

/** `#inHandBytes` has the words "in hand bytes", and `CRASH_LANE` "crash lane". */
function wordsOf(name) {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
}

const rule = {
  meta: { type: 'suggestion', schema: [], messages: { old: '"{{old}}" is called "{{word}}" now.' } },
  create(context) {
    const check = (node) => {
      const words = ` ${wordsOf(node.name)} `;
      const old = Object.keys(WORDS).find((each) => words.includes(` ${each} `));
      if (old !== undefined) context.report({ node, messageId: 'old', data: { old, word: WORDS[old] } });
    };
    return { Identifier: check, PrivateIdentifier: check };
  },
};

export default { rules: { 'old-words': rule } };
