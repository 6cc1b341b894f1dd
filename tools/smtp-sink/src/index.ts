export { fileNameOf, messageIdOf } from './mailbox.js';
export { type RunningSmtpSink, type SmtpSinkOptions, startSmtpSink } from './smtp-sink.js';
