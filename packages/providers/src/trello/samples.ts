import type { TrelloActionType, TrelloEvent, TrelloEvents } from './events.ts'

const board = { id: '4d5ea62fd76aa1136000000c', name: 'Pagos', shortLink: 'CGKHU6vL' }
const card = { id: '5bb7e3a1f1b2c3d4e5f60718', name: 'Conciliar', idShort: 7, shortLink: 'a1B2c3D4' }
const list = { id: '5bb7e39cf1b2c3d4e5f60717', name: 'Por hacer' }

function event<Type extends TrelloActionType>(type: Type, data: object): TrelloEvent<Type> {
  return {
    action: {
      id: '51f9424bcd6e040f3c002412',
      idMemberCreator: '4fc78a59a885233f4b349bd9',
      data: { board, ...data },
      type,
      date: '2026-11-25T18:59:16.000Z',
      memberCreator: { id: '4fc78a59a885233f4b349bd9', fullName: 'Ana Rojas', username: 'anarojas' },
    },
    model: { ...board, desc: '', closed: false },
    webhook: {
      id: '5bb7e39bf1b2c3d4e5f60716',
      description: 'Pagos',
      idModel: board.id,
      callbackURL: 'https://app.example.cl/webhooks/trello',
      active: true,
      consecutiveFailures: 0,
      firstConsecutiveFailDate: null,
    },
  }
}

/** In the form of «Example webhook response». */
export const samples: Partial<TrelloEvents> = {
  createCard: event('createCard', { list, card }),
  updateCard: event('updateCard', { list, card, old: { name: 'Conciliar pagos' } }),
  commentCard: event('commentCard', { list, card, text: 'Listo' }),
  addMemberToCard: event('addMemberToCard', { card, idMember: '4fc78a59a885233f4b349bd9' }),
}
