// After Stripe's sample server.js for Express (express.raw, constructEvent), with a handler that has an effect. Its older form answers
// `Webhook Error: ${err.message}`; this is the newer one, which answers a constant text.
import { appendFileSync } from 'node:fs'
import express from 'express'
import Stripe from 'stripe'

const { PORT = '3000', SECRET = '', EFFECTS = 'effects.log' } = process.env

const stripe = new Stripe('sk_test_nobody')
const app = express()

app.post('/webhooks/stripe', express.raw({ type: 'application/json' }), (request, response) => {
  const signature = request.headers['stripe-signature']
  let event: Stripe.Event
  try {
    event = stripe.webhooks.constructEvent(request.body, String(signature), SECRET)
  } catch (error) {
    console.log('Webhook signature verification failed.', error instanceof Error ? error.message : error)
    response.sendStatus(400)
    return
  }
  appendFileSync(EFFECTS, `${JSON.stringify({ id: event.id, type: event.type })}\n`)
  response.send()
})

app.listen(Number(PORT), '127.0.0.1')
