import { Injectable } from '@nestjs/common'

@Injectable()
export class InvoicesService {
  record(net: number): void {
    console.log(`handled ${net}`)
  }
}
