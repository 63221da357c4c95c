/** The form that Flow posts to `urlConfirmation`, with the token of its documentation. */
export const samples = { confirmation: { token: 'AJ089FF5467367' } }
