using System.Globalization;
using System.Text;

namespace AccessFunctions.Domain.Policy;

/// <summary>Durations as text: whole numbers with the units <c>d h m s</c>, largest first, each at most once: <c>1h30m</c>.</summary>
public static class Duration
{
    private static readonly (char Unit, long Ticks)[] Units =
        [('d', TimeSpan.TicksPerDay), ('h', TimeSpan.TicksPerHour), ('m', TimeSpan.TicksPerMinute), ('s', TimeSpan.TicksPerSecond)];

    /// <summary>Reads a duration; false where the text is not one, or is longer than ten years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        long ticks = 0, number = 0;
        int digits = 0, unit = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                if (++digits > 9) return false;
                number = (number * 10) + (c - '0');
                continue;
            }

            while (unit < Units.Length && Units[unit].Unit != c) unit++;
            if (unit == Units.Length || digits == 0) return false;
            ticks += number * Units[unit++].Ticks;
            if (ticks > TimeSpan.TicksPerDay * 3653) return false;
            (number, digits) = (0, 0);
        }

        duration = new TimeSpan(ticks);
        return digits == 0 && text.Length > 0;
    }

    /// <summary>Writes the shortest text that reads back as the same whole seconds.</summary>
    public static string Format(TimeSpan duration)
    {
        var rest = duration.Ticks;
        var text = new StringBuilder();
        foreach (var (unit, ticks) in Units)
        {
            if (rest / ticks is var count and > 0) text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
            rest %= ticks;
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }
}
