using System.Text;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Joins the lines of a <c>format=flowed</c> text (RFC 3676) that belong together; quote marks stay.</summary>
internal static class FlowedText
{
    /// <summary>The text with its paragraphs on a line each.</summary>
    /// <param name="text">Lines ended by <c>\n</c>.</param>
    /// <param name="deleteBlank">The parameter <c>delsp=yes</c>: the blank at a line's end is only the mark.</param>
    public static string Join(string text, bool deleteBlank)
    {
        var paragraph = new StringBuilder();
        List<string> paragraphs = [];
        var (open, depth) = (false, 0);
        foreach (var line in text.Split('\n'))
        {
            var marks = 0;
            while (marks < line.Length && line[marks] == '>') marks++;
            var words = line.AsSpan(marks);
            if (words is [' ', .. var unstuffed]) words = unstuffed;

            // A signature's line ends with a blank too, and belongs to nothing.
            var signature = words is "-- " or "--";
            if (open && (marks != depth || signature)) End();
            if (!open) paragraph.Append('>', marks).Append(marks > 0 ? " " : "");
            open = words is [.., ' '] && !signature;
            depth = marks;
            paragraph.Append(open && deleteBlank ? words[..^1] : words);
            if (!open) End();
        }

        if (open) End();
        return string.Join('\n', paragraphs);

        void End()
        {
            paragraphs.Add(paragraph.ToString());
            paragraph.Clear();
            open = false;
        }
    }
}
