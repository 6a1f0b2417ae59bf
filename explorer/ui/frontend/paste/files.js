// What was dropped, as files: of folders those that are in them.

const MOST = 1000; // of a whole disk that was dropped by mistake, no more

/**
 * The files of a drop, which must be asked for them before anything is waited for.
 * @returns {Promise<{files: File[], lost: string[]}>} and the names of what cannot be read: without the right to, or gone since
 */
export async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = { files: [], lost: [] };
  if (!entries.some((entry) => entry.isDirectory)) found.files.push(...transfer.files);
  else for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry, found) {
  if (found.files.length >= MOST || entry.name.startsWith(".")) return;
  try {
    if (entry.isFile) found.files.push(await new Promise((give, refuse) => entry.file(give, refuse)));
    else for await (const one of entriesOf(entry)) await collect(one, found);
  } catch {
    found.lost.push(entry.name);
  }
}

async function* entriesOf(folder) {
  const reader = folder.createReader();
  // A browser tells of a folder's entries a hundred at a time.
  for (let some; (some = await new Promise((give, refuse) => reader.readEntries(give, refuse))).length; ) yield* some;
}
