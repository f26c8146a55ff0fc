// Reads paths of workbooks, one a line, and answers each with one line of JSON: the messages of the
// Open XML SDK validator as [id, part, xpath, description], or {"error": text}.
import fs from "node:fs";
import readline from "node:readline";

// Messages of package level carry a null Path, on which the library's own mapping fails.
const parse = JSON.parse;
JSON.parse = (text, reviver) => {
  const value = parse(text, reviver);
  if (Array.isArray(value)) {
    for (const item of value) if (item?.Path === null) item.Path = { XPath: "", PartUri: "" };
  }
  return value;
};

const { default: validate } = await import("@ooxml-tools/validate");

for await (const path of readline.createInterface({ input: process.stdin })) {
  let answer;
  try {
    const messages = await validate(new Uint8Array(fs.readFileSync(path)), "xlsx");
    answer = messages.map((m) => [m.id, m.path.partUri, m.path.xpath, m.description]);
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit(0);
