export { readFacts, readUnits, type Sources } from './facts.js';
export { MailFolder, mailOf, type Mails } from './mail-folder.js';
export { type Facts, judge, type OrderFact } from './judge.js';
export { query } from './query.js';
export { type NewOrder, openShop, type OrderView, type Shop, type TimelineEntry } from './shop.js';
