export { type DocumentSource, generate, type GenerateOptions } from './generate.js';
export { configDocuments } from './services.js';
