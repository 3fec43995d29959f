using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Bytes in a row: a binary property holds at most 64 KiB, so longer ones go on in <c>name1</c>, <c>name2</c>…</summary>
internal static class Chunks
{
    private const int Size = 60 * 1024;

    /// <summary>A row holds 1 MiB; the rest is left for its other columns.</summary>
    public const int Most = 15 * Size;

    /// <summary>The columns that such bytes may take.</summary>
    public static IEnumerable<string> Columns(string name) => Enumerable.Range(0, Most / Size).Select(number => Column(name, number));

    /// <summary>Writes them.</summary>
    /// <exception cref="InvalidOperationException">They do not fit into a row.</exception>
    public static void Write(TableEntity row, string name, byte[] bytes)
    {
        if (bytes.Length > Most) throw new InvalidOperationException($"{name} takes {bytes.Length} bytes; a row of a table holds at most {Most}.");
        for (var (from, number) = (0, 0); from == 0 || from < bytes.Length; from += Size, number++)
            row[Column(name, number)] = bytes[from..Math.Min(bytes.Length, from + Size)];
    }

    /// <summary>Reads them back; null where there are none.</summary>
    public static byte[]? Read(TableEntity row, string name)
    {
        if (!row.ContainsKey(name)) return null;
        if (!row.ContainsKey(Column(name, 1))) return row.GetBinary(name);
        using var all = new MemoryStream();
        for (var number = 0; row.ContainsKey(Column(name, number)); number++) all.Write(row.GetBinary(Column(name, number)));
        return all.ToArray();
    }

    private static string Column(string name, int number) => number == 0 ? name : $"{name}{number}";
}
