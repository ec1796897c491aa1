// Worlds of one channel, each with losses, gaps and a history that lags: what the page knows must be the end of what
// was said, without a hole and without a repeat. Answers what went wrong in the first world that failed, or nothing.
(async (firstSeed, count) => {
  const { Conversation } = await import("/demo/conversation.js");
  const PAGE = 20;
  const LAG = 4;

  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
    const trace = [];
    try {
      live(seed, trace);
    } catch (error) {
      return `seed ${seed}: ${error.message}\n${trace.join("\n")}`;
    }
  }
  return "";

  function live(seed, trace) {
    const random = generator(seed);
    const below = (limit) => Math.floor(random() * limit);
    const conversation = new Conversation("general", "ann");
    const log = [];
    let pushed = null; // What is on its way on the connection that stands; null without one.

    const say = (times) => {
      for (let time = 0; time < times; time += 1) {
        const event = { messageId: `m${log.length}`, senderId: "bob", text: "x", partition: 0, offset: log.length };
        log.push({ ...event, createdAtUtc: new Date(log.length * 1000).toISOString() });
        pushed?.push(log.at(-1));
      }
    };
    const answer = () => {
      say(1);
      conversation.confirm(conversation.draft("x"), log.at(-1));
    };
    const deliver = (times) => {
      for (const event of pushed?.splice(0, times) ?? []) conversation.receive(event);
    };
    const newest = (lag) => pageBefore(Math.max(0, log.length - lag));
    const pageBefore = (end) => {
      const begin = Math.max(0, end - PAGE);
      return { messages: log.slice(begin, end), next: begin === 0 ? null : { end: begin } };
    };
    const connect = () => {
      const { position, isWhole } = conversation;
      pushed = [];
      if (isWhole && position && below(3) > 0) {
        pushed.push(...log.slice(position.offset + 1));
        return trace.push("resumed");
      }
      conversation.breakOff();
      trace.push("joined");
      say(below(3));
      deliver(below(3));
      if (below(4) === 0) return trace.push("lost at once"), (pushed = null);
      conversation.takeNewest(newest(below(LAG)));
      say(below(4));
      deliver(below(4));
      if (below(4) === 0) return trace.push("lost early"), (pushed = null);
      conversation.takeNewest(newest(0));
      conversation.settle();
    };

    for (let step = 0; step < 60; step += 1) {
      const choice = below(10);
      trace.push(`step ${step}: ${choice}, ${log.length} said`);
      if (choice < 3) say(below(6));
      else if (choice === 3) say(PAGE + below(PAGE));
      else if (choice < 6) deliver(below(8));
      else if (choice === 6 && pushed) answer();
      else if (choice === 7) pushed = null;
      else if (choice === 8 && conversation.next) conversation.takeOlder(pageBefore(conversation.next.end));
      else if (choice === 9 && !pushed) connect();
      inOrder(conversation.messages);
    }
    while (!pushed || !conversation.isWhole) {
      pushed = null;
      connect();
    }
    deliver(Infinity);
    const ids = conversation.messages.map(({ messageId }) => messageId);
    const expected = log.slice(log.length - ids.length).map(({ messageId }) => messageId);
    if (ids.join() !== expected.join()) throw new Error(`knows ${ids}`);
    if (conversation.next === null && ids.length < log.length) throw new Error("says that it knows all");
    if (conversation.next?.end < log.length - ids.length) throw new Error("leaves out something when it reads on");
  }

  function inOrder(messages) {
    const isWrong = (message, index) => index > 0 && messages[index - 1].createdAtUtc >= message.createdAtUtc;
    if (messages.some(isWrong)) throw new Error("out of order or twice");
  }

  // mulberry32: small, and the same everywhere.
  function generator(state) {
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }
})
