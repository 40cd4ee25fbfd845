/**
 * A server with one turn, behind a network that does to its events what it can: says them twice, in
 * another order or not at all, begins too early, and is cut at any byte, also within a letter.
 *
 * The rules it keeps, or a reader could do nothing about it: no event is lost twice, nor the last one
 * of an epoch, behind which the next epoch begins to count anew.
 */
import type { EventFrame } from "@/api/events";

import { wired } from "./event-streams";
import type { Chance } from "./random";

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(":\n\n");

export class BadNetwork {
  readonly #frames: readonly EventFrame[];
  readonly #bytes: readonly Uint8Array[];
  readonly #luck: Chance;
  readonly #missed = new Set<number>();
  /** How many events there are by now; the stream ends after them, as where a turn rests. */
  known = 0;
  readonly done = { connections: 0, cuts: 0, lost: 0, twice: 0, moved: 0 };

  constructor(frames: readonly EventFrame[], luck: Chance) {
    this.#frames = frames;
    this.#bytes = frames.map((frame) => encoder.encode(wired(frame)));
    this.#luck = luck;
  }

  /** What somebody gets who asks for the events after one. */
  connect(after: string | null): Response {
    this.done.connections += 1;
    const begin = this.#frames.findIndex(({ id }) => id === after) + 1;
    const pieces = this.#mangled(begin).map((place) => this.#bytes[place] ?? HEARTBEAT);
    const bytes = joined(pieces);
    const isCut = this.#luck.next() < 0.6;
    const end = isCut ? this.#luck.below(bytes.length + 1) : bytes.length;
    if (isCut) this.done.cuts += 1;
    return new Response(this.#inPieces(bytes.subarray(0, end), isCut), {
      headers: { "Content-Type": "text/event-stream" },
    });
  }

  /** Places of events in the order in which they come; -1 is a heartbeat. */
  #mangled(begin: number): readonly number[] {
    const { below, next } = this.#luck;
    const from = next() < 0.2 ? below(begin + 1) : begin;
    const places: number[] = [];
    for (let place = from; place < this.known; place += 1) {
      const trick = next();
      if (trick < 0.08 && this.#miss(place)) this.done.lost += 1;
      else if (trick > 0.92) this.#overtake(places, place);
      else places.push(place);
      if (trick > 0.4 && trick < 0.5) places.push(-1);
      if (trick > 0.3 && trick < 0.4) {
        this.done.twice += 1;
        places.push(from + below(place - from + 1));
      }
    }
    return places;
  }

  /** May these be lost, or come too late, which is the same to who reads in order? */
  #miss(...places: readonly number[]): boolean {
    if (places.some((place) => this.#missed.has(place) || this.#isLastOfEpoch(place))) return false;
    for (const place of places) this.#missed.add(place);
    return true;
  }

  #isLastOfEpoch(place: number): boolean {
    return this.#frames[place + 1]?.id.endsWith(".1") === true;
  }

  /** Let an event come before some that came before it. */
  #overtake(places: number[], place: number): void {
    const ahead = this.#luck.below(places.length + 1);
    const isAllowed = this.#miss(...places.slice(ahead).filter((other) => other >= 0));
    if (isAllowed) this.done.moved += 1;
    places.splice(isAllowed ? ahead : places.length, 0, place);
  }

  /** The bytes as they are read: in pieces of any size. */
  #inPieces(bytes: Uint8Array, isCut: boolean): ReadableStream<Uint8Array> {
    const largest = bytes.length / this.#luck.pick([1, 10, 100]);
    let place = 0;
    return new ReadableStream({
      pull: (controller) => {
        const end = Math.min(bytes.length, place + 1 + this.#luck.below(largest));
        if (place < bytes.length) controller.enqueue(bytes.subarray(place, end));
        else if (isCut && this.#luck.next() < 0.5) controller.error(new TypeError("network error"));
        else controller.close();
        place = end;
      },
    });
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
}
