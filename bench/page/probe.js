/**
 * What a page is watched with, from before its first script: when something can be seen, how long frames take, what
 * blocks, what shifts, how soon keys are answered. Times are milliseconds since the navigation began.
 */
(() => {
  const BELOW_PX = 60;

  /** Called in a frame: work once that frame is painted. */
  const afterPaint = (work) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), work());
    port2.postMessage(null);
  };

  const isInSight = (element) => {
    const { top, bottom, width } = element.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < innerHeight;
  };
  /** Its end is where a reader sees it, but for what stands below the words. */
  const isEndInSight = (element) => {
    const { bottom } = element.getBoundingClientRect();
    const place = element.parentElement.parentElement.getBoundingClientRect();
    return bottom > place.top && bottom < place.bottom + BELOW_PX;
  };
  const drawn = () => document.querySelectorAll("[role=feed] > *, [data-sight=answer]");
  const rows = () => document.querySelectorAll("nav li a");

  /** What can be waited for, each with the words that it must have. */
  const SIGHTS = {
    reference: () => document.querySelector("[data-sight=reference]") !== null,
    composer: () => {
      const field = document.querySelector("main textarea, form textarea");
      return field !== null && !field.disabled && isInSight(field);
    },
    answer: (words) => [...drawn()].some((one) => isEndInSight(one) && one.textContent.includes(words)),
    row: (words) => [...rows()].some((one) => isInSight(one) && one.textContent.includes(words)),
    onlyRow: (words) => rows().length > 0 && [...rows()].every((one) => one.textContent.includes(words)),
    noRow: () => rows().length === 0,
  };

  /** When the frame that has it was painted. */
  const sight = (name, words) =>
    new Promise((seen) => {
      const look = () =>
        SIGHTS[name](words) ? afterPaint(() => seen(performance.now())) : requestAnimationFrame(look);
      look();
    });

  const frames = [];
  let isWatching = false;
  const nextFrame = (at) => {
    if (!isWatching) return;
    frames.push(at);
    requestAnimationFrame(nextFrame);
  };

  const long = [];
  const shifts = [];
  const keys = [];
  let pressed = 0;
  const observe = (type, keep, options) =>
    new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, buffered: true, ...options });
  observe("longtask", (task) => long.push([task.startTime, task.duration]));
  observe("layout-shift", (shift) => shift.hadRecentInput || shifts.push([shift.startTime, shift.value]));
  observe("event", (event) => event.name === "keydown" && keys.push(event.duration), { durationThreshold: 16 });
  addEventListener("keydown", () => (pressed += 1), true);

  /** The number of the last word in sight, and when it was painted, by the clock on the wall. */
  const words = [];
  const watchWords = () => {
    let last = 0;
    const read = () => {
      const text = [...drawn()].at(-1)?.textContent ?? "";
      const number = parseInt(text.slice(text.lastIndexOf("word") + 4), 10);
      if (!(number > last)) return;
      last = number;
      afterPaint(() => words.push([number, performance.timeOrigin + performance.now()]));
    };
    new MutationObserver(read).observe(document, { subtree: true, childList: true, characterData: true });
  };

  let pressedAt = 0;
  for (const kind of ["pointerdown", "keydown"])
    addEventListener(kind, (event) => (pressedAt = event.timeStamp), true);

  window.probe = {
    sight,
    watchWords,
    words: () => words,
    /** Once so many times words were painted. */
    untilWords: async (count) => {
      while (words.length < count) await new Promise(requestAnimationFrame);
      return words;
    },
    pressedAt: () => pressedAt,
    /** So many frames later. */
    later: async (count) => {
      for (let frame = 0; frame < count; frame += 1) await new Promise(requestAnimationFrame);
    },
    begin: () => {
      for (const kept of [frames, long, keys]) kept.length = 0;
      pressed = 0;
      isWatching = true;
      requestAnimationFrame(nextFrame);
    },
    end: () => {
      isWatching = false;
      return { frames: [...frames], long: [...long], keys: [...keys], pressed };
    },
    shifts: () => shifts.reduce((sum, [, value]) => sum + value, 0),
    wallClock: () => performance.timeOrigin + performance.now(),
  };
})();
