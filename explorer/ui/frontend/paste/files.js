// What was dropped, as files: of folders those that are in them.

const MOST = 1000; // of a whole disk that was dropped by mistake, no more

/** The files of a drop, which must be asked for them before anything is waited for. */
export async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const files = [];
  for (const entry of entries) await collect(entry, files);
  return files;
}

async function collect(entry, files) {
  if (files.length >= MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    files.push(await new Promise((found, lost) => entry.file(found, lost)));
    return;
  }
  const reader = entry.createReader();
  // A browser tells of a folder's entries a hundred at a time.
  for (let some; (some = await new Promise((found, lost) => reader.readEntries(found, lost))).length; ) {
    for (const one of some) await collect(one, files);
  }
}
