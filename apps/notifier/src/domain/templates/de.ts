import type { Wording } from './wording.js';

export const de: Wording = {
  greeting: 'Guten Tag,',
  order: 'Bestellung',
  total: 'Summe',
  givenBack: 'Erstattet',
  signature: 'Dozen',
  placed: {
    subject: 'Ihre Bestellung ist eingegangen',
    opening: 'vielen Dank für Ihre Bestellung. Alles ist für Sie zurückgelegt; wir belasten nun Ihre Karte.',
    closing: 'Sobald Ihre Zahlung eingegangen ist, schreiben wir Ihnen wieder.',
  },
  confirmed: {
    subject: 'Ihre Bestellung ist bestätigt',
    opening: 'Ihre Zahlung ist eingegangen und Ihre Bestellung ist bestätigt.',
    closing: 'Vielen Dank für Ihren Einkauf.',
  },
  rejected: {
    subject: 'Wir können Ihre Bestellung nicht ausführen',
    opening: 'es tut uns leid: Wir können Ihre Bestellung nicht ausführen.',
    closing: 'Ihnen wird nichts berechnet, und nichts ist zurückgelegt.',
  },
  cancelled: {
    subject: 'Ihre Bestellung ist storniert',
    opening: 'Ihre Bestellung ist storniert, wie Sie es wünschten.',
    closing: 'Ihnen wird nichts berechnet, und nichts ist mehr zurückgelegt.',
  },
  refunded: {
    subject: 'Sie erhalten Ihr Geld zurück',
    opening: 'Ihre Karte war für eine Bestellung belastet, die nicht ausgeführt wird. Wir haben alles erstattet.',
    closing: 'Bis Ihre Bank es zeigt, können einige Tage vergehen.',
  },
  reasons: {
    'ORD-UNKNOWN-SKU': 'Ein Artikel Ihrer Bestellung ist nicht in unserem Katalog.',
    'ORD-OUT-OF-STOCK': 'Von einem Artikel haben wir nicht genug auf Lager.',
    'ORD-PAYMENT-DECLINED': 'Ihre Zahlung wurde abgelehnt.',
    'ORD-PAYMENT-TIMED-OUT': 'Ihre Zahlung kam nicht rechtzeitig zustande.',
  },
};
