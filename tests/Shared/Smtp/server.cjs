// A mail server on a port of its own; ends with its input. Prints one line of JSON when it listens, and one for each mail it took.
// Argument: { port?, kind: "maildev" | "smtp-server", secure?, user?, password?, cert?, key?, silent?, refuse?: [address], busy?: [address], denied?: [address] }
const net = require("net");
const options = JSON.parse(process.argv[2]);
process.stdin.on("end", () => process.exit(0)).resume();
const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");

function free(done) {
  if (options.port) return done(options.port);
  const probe = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
}

function maildev(port) {
  const fs = require("fs");
  const directory = fs.mkdtempSync(require("path").join(require("os").tmpdir(), "mail-"));
  process.on("exit", () => fs.rmSync(directory, { recursive: true, force: true }));
  const server = require("maildev")({ smtp: port, ip: "127.0.0.1", mailDirectory: directory, disableWeb: true, silent: true, incomingUser: options.user, incomingPass: options.password });
  server.on("new", (mail) => say({
    from: mail.envelope.from.address, to: mail.envelope.to.map((one) => one.address), subject: mail.subject, text: mail.text, html: mail.html,
    headers: mail.headers, raw: fs.readFileSync(mail.source).toString("base64"),
  }));
  server.listen(() => say({ port }));
}

function smtpServer(port) {
  const { SMTPServer } = require("smtp-server");
  const code = (text, responseCode) => Object.assign(new Error(text), { responseCode });
  const server = new SMTPServer({
    secure: options.secure, cert: options.cert, key: options.key, logger: false, authOptional: !options.user, hideSTARTTLS: !options.cert, allowInsecureAuth: true,
    authMethods: options.methods ?? ["PLAIN", "LOGIN"],
    onAuth: (auth, _, done) => auth.username === options.user && auth.password === options.password ? done(null, { user: auth.username }) : done(code("no", 535)),
    onRcptTo: (address, _, done) =>
      options.refuse?.includes(address.address) ? done(code("5.1.1 no such mailbox", 550)) : options.busy?.includes(address.address) ? done(code("4.2.1 later", 451))
        : options.denied?.includes(address.address) ? done(code("5.7.1 you may not", 550)) : done(),
    onData: (stream, session, done) => {
      const parts = [];
      stream.on("data", (part) => parts.push(part)).on("end", () => {
        say({ from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((one) => one.address), secure: session.secure, user: session.user ?? null, raw: Buffer.concat(parts).toString("base64") });
        if (!options.silent) done();
      });
    },
  });
  server.on("error", () => {});
  server.listen(port, "127.0.0.1", () => say({ port }));
}

free(options.kind === "maildev" ? maildev : smtpServer);
