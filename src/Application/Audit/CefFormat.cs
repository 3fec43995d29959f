using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// Audit rows in ArcSight's Common Event Format, version 0: <c>CEF:0|vendor|product|version|type|meaning|severity|key=value …</c>, one line
/// of UTF-8 each. <c>externalId</c> is <c>{stream}/{sequence}</c>, the same at every repetition; the custom strings carry what the format
/// has no key for, each with its label, hash and previous hash among them. What a key means: <c>docs/siem.md</c>.
/// </summary>
public sealed class CefFormat(WireOptions options)
{
    private const string Product = "Access Functions";

    /// <summary>A row as one line, without a line break.</summary>
    public string Line(AuditRow row) => Line(StoredRow.Read(row));

    /// <summary>The same for a row that was read before.</summary>
    public string Line(StoredRow stored)
    {
        var row = stored.Row;
        if (stored.Body is not { Event: var happened }) return Unreadable(row, stored.Why!);
        var type = AuditEventTypes.Of(happened.Type);
        var line = Header(happened.Type, type.Meaning, AuditEventTypes.SeverityOf(type, happened));
        Add(line, "rt", Milliseconds(happened.At));
        Add(line, "externalId", $"{row.Stream}/{row.Sequence}");
        Add(line, "cat", AuditEventTypes.ActivityName(type));
        Add(line, "outcome", type.Pending && happened.Succeeded ? "pending" : happened.Succeeded ? "success" : "failure");
        Add(line, "reason", happened.Reason);
        Add(line, "suser", happened.Actor);
        Add(line, "duser", happened.Requester);
        Add(line, "sourceServiceName", happened.Channel);
        Add(line, "duid", happened.Identity);
        Add(line, "dpriv", happened.Role);
        Add(line, "destinationServiceName", happened.Resource);
        Add(line, "start", happened.PeriodStart is { } start ? Milliseconds(start) : null);
        Add(line, "end", happened.PeriodEnd is { } end ? Milliseconds(end) : null);
        Labelled(line, "cs1", "request", happened.RequestId);
        Labelled(line, "cs2", "grant", happened.GrantId);
        Labelled(line, "cs3", "phase", happened.Phase);
        Labelled(line, "cs4", "emergency", happened.Emergency ? "true" : "false");
        Labelled(line, "cs5", "hash", row.Hash);
        Labelled(line, "cs6", "previous", row.Previous);
        Labelled(line, "cn1", "sequence", Number(row.Sequence));
        Labelled(line, "cn2", "level", happened.Level is { } level ? Number(level) : null);
        Labelled(line, "cn3", "revision", happened.Revision is { } revision ? Number(revision) : null);
        if (options.IncludeDetail && happened.Detail is { } detail)
        {
            Address(line, detail.Address);
            Add(line, "msg", detail.Text);
        }

        return line.ToString();
    }

    /// <summary>A checkpoint as one line: number, instant, roots, and how many heads it folds.</summary>
    public string Line(Checkpoint checkpoint)
    {
        var line = Header(WireFormat.CheckpointType, "A checkpoint of the audit trail was made.", Severity.Informational);
        Add(line, "rt", Milliseconds(checkpoint.At));
        Add(line, "externalId", $"checkpoint/{Number(checkpoint.Number)}");
        Add(line, "outcome", "success");
        Labelled(line, "cs3", "key", checkpoint.Signatures is [.., var signature] ? signature.KeyId : null);
        Labelled(line, "cs4", "signature", checkpoint.Signatures is [.., var last] ? last.Value : null);
        Labelled(line, "cs5", "root", checkpoint.Root);
        Labelled(line, "cs6", "previous", checkpoint.Previous);
        Labelled(line, "cn1", "number", Number(checkpoint.Number));
        Labelled(line, "cn2", "heads", Number(checkpoint.Heads.Count));
        return line.ToString();
    }

    /// <summary>A stored row that was damaged must not hold up what follows it: it is sent as what it is.</summary>
    private string Unreadable(AuditRow row, string why)
    {
        var line = Header(WireFormat.UnreadableType, "A stored audit row is unreadable.", Severity.High);
        Add(line, "externalId", $"{row.Stream}/{row.Sequence}");
        Add(line, "outcome", "failure");
        Add(line, "reason", why);
        Labelled(line, "cs5", "hash", row.Hash);
        Labelled(line, "cs6", "previous", row.Previous);
        Labelled(line, "cn1", "sequence", Number(row.Sequence));
        return line.ToString();
    }

    private StringBuilder Header(string type, string meaning, Severity severity)
    {
        var line = new StringBuilder(512).Append("CEF:0");
        foreach (var part in new[] { Product, Product, options.ProductVersion, type, meaning })
        {
            line.Append('|');
            Escape(line, part, '|');
        }

        return line.Append('|').Append(Severe(severity)).Append('|');
    }

    /// <summary>0 to 3 low, 4 to 6 medium, 7 and 8 high, 9 and 10 very high.</summary>
    private static char Severe(Severity severity) => severity switch
    {
        Severity.Informational => '1',
        Severity.Low => '3',
        Severity.Medium => '5',
        _ => '8',
    };

    private static void Address(StringBuilder line, string? address)
    {
        if (!IPAddress.TryParse(address, out var ip)) return;
        if (ip.AddressFamily == AddressFamily.InterNetwork) Add(line, "src", ip.ToString());
        else Labelled(line, "c6a2", "Source IPv6 Address", ip.ToString());
    }

    private static void Labelled(StringBuilder line, string key, string label, string? value)
    {
        if (value is null) return;
        Add(line, key, value);
        Add(line, $"{key}Label", label);
    }

    private static void Add(StringBuilder line, string key, string? value)
    {
        if (value is null) return;
        if (line[^1] != '|') line.Append(' ');
        line.Append(key).Append('=');
        Escape(line, value, '=');
    }

    /// <summary>The header escapes <c>|</c>, the extension <c>=</c>, both <c>\</c>. Line breaks are only allowed in the extension, as words; other control characters become spaces.</summary>
    private static void Escape(StringBuilder line, string text, char special)
    {
        foreach (var one in text)
        {
            if (one == special || one == '\\') line.Append('\\').Append(one);
            else if (special == '=' && one is '\n' or '\r') line.Append(one == '\n' ? @"\n" : @"\r");
            else line.Append(char.IsControl(one) || one is '\u2028' or '\u2029' ? ' ' : one);
        }
    }

    private static string Milliseconds(DateTimeOffset at) => Number(at.ToUnixTimeMilliseconds());

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
