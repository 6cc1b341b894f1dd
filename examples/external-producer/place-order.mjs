// An order from outside of Dozen: node place-order.mjs kafka://127.0.0.1:9092 [order id] [--broken]
import { Kafka, logLevel } from 'kafkajs';
import { v7 as uuidv7 } from 'uuid';

const broken = process.argv.includes('--broken');
const [url = 'kafka://127.0.0.1:9092', orderId = uuidv7()] = process.argv
  .slice(2)
  .filter((arg) => !arg.startsWith('--'));
const { SKU: sku = 'MUG-BLUE', CUSTOMER: id = 'outside-shop' } = process.env;
const customer = { id, email: `${id}@example.org`, locale: 'en' };
const command = { orderId, customer, items: [{ sku, quantity: broken ? 'two' : 2 }], paymentToken: 'tok_ok' };
const headers = {
  ce_specversion: '1.0', // CloudEvents 1.0, Kafka binding, binary mode
  ce_id: uuidv7(), // keep it when you send the same command again: it is then handled once
  ce_type: 'dozen.PlaceOrder.v1',
  ce_source: '/examples/external-producer',
  ce_time: new Date().toISOString(),
  ce_subject: orderId, // equals the record's key
  'content-type': 'application/json',
};
const kafka = new Kafka({ brokers: url.replace('kafka://', '').split(','), logLevel: logLevel.ERROR });
const producer = kafka.producer({ idempotent: true });
await producer.connect();
await producer.send({
  topic: 'orders.commands',
  messages: [{ key: orderId, value: JSON.stringify(command), headers }],
});
await producer.disconnect();
console.log(orderId);
