using System.Text;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Cuts a multipart body at its boundary lines (RFC 2046, section 5.1). What is before the first and behind the last is nothing.</summary>
internal static class MultipartBody
{
    /// <summary>The parts, in order; the last one also where its end is missing.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> body, string boundary)
    {
        var mark = Encoding.UTF8.GetBytes("--" + boundary);
        var (at, begin) = (0, -1);
        while (at < body.Length)
        {
            var line = MimeHeader.Line(body.Span, at, out var next);
            if (line.StartsWith(mark) && IsEnd(line[mark.Length..], out var last))
            {
                if (begin >= 0) yield return body[begin..Math.Max(begin, WithoutLineEnd(body.Span, at))];
                if (last) yield break;
                begin = next;
            }

            at = next;
        }

        if (begin >= 0 && begin < body.Length) yield return body[begin..];
    }

    /// <summary>Behind the boundary there are only blanks, or two dashes and blanks.</summary>
    private static bool IsEnd(ReadOnlySpan<byte> rest, out bool last)
    {
        last = rest.StartsWith("--"u8);
        return rest[(last ? 2 : 0)..].IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;
    }

    /// <summary>The line end before a boundary belongs to the boundary.</summary>
    private static int WithoutLineEnd(ReadOnlySpan<byte> body, int at)
    {
        if (at > 0 && body[at - 1] == '\n') at--;
        return at > 0 && body[at - 1] == '\r' ? at - 1 : at;
    }
}
