import { Injectable } from '@nestjs/common'

@Injectable()
export class Ledger {
  record(net: number): void {
    console.log(`handled ${net}`)
  }
}
