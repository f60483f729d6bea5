import type { Static } from 'typebox';
import { flag, list, map, object, optional, secretKey, text } from './schema.ts';

// Placeholder of the shape; the integrations' table follows.
const integrations = {
  webhook: optional(object('', { url: optional(text()), urlSecret: optional(secretKey('')), sendResolved: optional(flag()), headers: optional(map('', list('', text()))) })),
  slack: optional(object('', { channel: optional(text()), webhookUrl: optional(secretKey('')) })),
};

/** A receiver without its name: which integrations are told, each once. */
export const receiverSettings = (description: string) => object(description, integrations);

export const receiverSchema = object('Who is told.', { name: text('', { minLength: 1 }), ...integrations });
export type ReceiverSpec = Static<typeof receiverSchema>;
export type ReceiverSettings = Static<ReturnType<typeof receiverSettings>>;
