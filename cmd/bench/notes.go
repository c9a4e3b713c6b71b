package main

// notes are printed below the table.
const notes = `
How it is measured:
- The bare gin handler runs the same SQL statement on the same SQLite file through the same store and signs the same
  token; it has no access rule, no flag, no request id, no log, no metrics and no standing headers. Both are called
  without network and client, whose cost would hide the difference.
- Signing alone is a module with one route that reads the same request and signs the same claims (HS256), and asks nobody.
  The token route besides counts the caller, finds the application and the user, checks the secret, and answers when the
  line of the audit log is stored. All are called over loopback HTTP by 64 clients at once. The bare gin handler has nothing
  of the gateway around it: no request id, no log, no metrics, no flag, no standing headers.
- A room that a program creates takes a token's signature, one question who is behind it, and two transactions: the room
  with its owner and source, and the line of the audit log. In a process of its own the module asks the gateway for each of
  the three over gRPC, besides the hop of the request.
- The lobby is called without network too, with its real database; Redis is a server of its own for each number, over
  loopback. Those who wait elsewhere wait ten a room. Medians of requests, fifty for each number in turn. The same without
  the handlers around it is BenchmarkQueues in core/ephemeral.
- The module answers 1 KiB; requests go over loopback HTTP, one at a time, with connections kept alive, to all four
  servers in turn, fifty each. What a hop costs is mostly the system waking threads of two processes: it differs from
  machine to machine, and with what else runs on it. The bare proxy of the same run is the measure.
- Memory is the resident set as the system counts it (MB = 10^6 bytes), of an installed copy of the program: a file that
  the linker has just written lies in the page cache in huge pages, which are counted whole (about 15 MB more here).
  Two seconds after the start the gateway gives back the pages of its program file that only the start needed; without
  that, idle is about 20 MB more, none of it heap.
- Webhooks: 50 a second in four connections for 30 s over loopback HTTP, signed as LiveKit signs, three for each recording
  (it runs, it ends, it has ended); a webhook that is late because the one before was not answered counts from when it was
  due. Before that 200 recordings have ended. LiveKit, the summary service and the mail server are stand-ins, which take a
  call and say nothing for longer than the measurement; four jobs at least hold on to each, the others wait behind them.
  The gateway is the installed program; its peers and LiveKit's webhooks come from another process.
- Finished recordings are videos that ask for a summary: for each, its webhook, a job of the summary service (version 2 of
  its interface), a mail to its owner over SMTP, and a word to LiveKit for its room. The time is from the first webhook to
  the last recording that is final; all peers are stand-ins.
- One look at LiveKit is the module's own job, called five times; a stand-in for LiveKit knows all 10,000 egresses as
  running, and their rooms as live. The calls and the statements are the promise, the time is for information.
- CPU time of a request is user and system time of the gateway and of all processes of PostgreSQL, from /proc, over the
  requests of a round, with what follows an answer as far as it falls into the round. The gateway is the installed program;
  PostgreSQL waits for its log, but not for the disk. Many at once are 64 connections. With ` + "`-base PATH`" + ` another build is
  measured in turn, each with its own database; without it there is nothing to compare with, and no promise. Where the time
  goes is in [profile.md](profile.md).
`
