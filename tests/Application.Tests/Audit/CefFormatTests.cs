using System.Reflection;
using System.Text.RegularExpressions;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

/// <summary>Lines as a reader of the Common Event Format takes them apart.</summary>
public sealed partial class CefFormatTests
{
    private readonly CefFormat _cef = new(new WireOptions { ProductVersion = "2|3" });
    private readonly CefFormat _whole = new(new WireOptions { IncludeDetail = true });

    public static TheoryData<string> Types => [.. AuditEventTypes.All.Keys, "access.something.new"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Line_OfEveryType_IsReadBack(string type)
    {
        foreach (var happened in new[] { Samples.Full(type), Samples.Bare(type), Samples.Full(type) with { Succeeded = false, Emergency = true } })
        {
            var row = Samples.Row(happened);
            var (header, extension) = Read(_cef.Line(row));
            Assert.Equal(["CEF:0", "Access Functions", "Access Functions", "2|3", type, AuditEventTypes.Of(type).Meaning], header[..6]);
            Assert.InRange(int.Parse(header[6], System.Globalization.CultureInfo.InvariantCulture), 0, 10);
            Assert.Equal((happened.At.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture), $"{row.Stream}/{row.Sequence}", happened.Actor, row.Hash),
                (extension["rt"], extension["externalId"], extension["suser"], extension["cs5"]));
            Assert.All(extension.Keys.Where(static key => CustomKey().IsMatch(key)), key => Assert.Contains($"{key}Label", extension.Keys));
            Assert.Equal(happened.Emergency ? "true" : "false", extension["cs4"]);
        }
    }

    [Fact]
    public void Values_ThatHoldWhatTheFormatUses_ComeBackAsTheyWere()
    {
        const string Odd = "a|b=c\\d\\=e suser=mallory";
        var (header, extension) = Read(_cef.Line(Samples.Row(Samples.Full("access.odd|type\\") with { Resource = Odd, Actor = "bob cs4=false" })));
        Assert.Equal("access.odd|type\\", header[4]);
        Assert.Equal((Odd, "bob cs4=false", "false"), (extension["destinationServiceName"], extension["suser"], extension["cs4"]));
    }

    [Fact]
    public void LineBreaks_StayInTheirLine()
    {
        var happened = Samples.Full(EventTypes.Request.Denied) with { Detail = new AuditDetail { Text = "one\r\ntwo\nCEF:0|x\u2028y\0z", Address = "2001:db8::7" } };
        var line = _whole.Line(Samples.Row(happened));
        Assert.DoesNotContain(line, static one => char.IsControl(one) || one == '\u2028');
        var (_, extension) = Read(line);
        Assert.Equal(("one\r\ntwo\nCEF:0|x y z", "2001:db8::7", "Source IPv6 Address"), (extension["msg"], extension["c6a2"], extension["c6a2Label"]));
    }

    [Fact]
    public void Detail_StaysHere_UnlessItIsToGo()
    {
        var line = _cef.Line(Samples.Row(Samples.Full(EventTypes.Request.Denied)));
        Assert.DoesNotContain("192.0.2.7", line, StringComparison.Ordinal);
        Assert.DoesNotContain("because", line, StringComparison.Ordinal);
        Assert.Equal("192.0.2.7", Read(_whole.Line(Samples.Row(Samples.Full(EventTypes.Request.Denied)))).Extension["src"]);
    }

    [Fact]
    public void AnUnreadableRow_IsSentAsSuch()
    {
        var (header, extension) = Read(_cef.Line(Samples.Row(Samples.Bare("x")) with { Body = "{"u8.ToArray() }));
        Assert.Equal(("access.audit.unreadable", "8", "r-1/1"), (header[4], header[6], extension["externalId"]));
    }

    [Fact]
    public void ACheckpoint_CarriesItsRoot()
    {
        var checkpoint = Checkpoints.Make(3, Samples.Morning, [Samples.Head(Samples.Chain("r-1", 1)[0])], new string('a', 64));
        var (header, extension) = Read(_cef.Line(checkpoint));
        Assert.Equal(("access.audit.checkpoint", "checkpoint/3", checkpoint.Root, new string('a', 64), "1"), (header[4], extension["externalId"], extension["cs5"], extension["cs6"], extension["cn2"]));
    }

    /// <summary>Takes a line apart as the format's documentation says: seven bars, then keys before unescaped equals signs.</summary>
    private static (string[] Header, Dictionary<string, string> Extension) Read(string line)
    {
        var bars = Bar().Matches(line).Take(7).ToList();
        Assert.Equal(7, bars.Count);
        string[] header = [.. bars.Select((bar, index) => line[(index == 0 ? 0 : bars[index - 1].Index + 1)..bar.Index].Replace(@"\|", "|", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal))];
        var rest = line[(bars[6].Index + 1)..];
        var keys = Key().Matches(rest);
        Dictionary<string, string> extension = [];
        for (var i = 0; i < keys.Count; i++)
        {
            var value = rest[(keys[i].Index + keys[i].Length)..(i + 1 < keys.Count ? keys[i + 1].Index : rest.Length)];
            extension.Add(keys[i].Groups["key"].Value, Escape().Replace(value, static one => one.Value[1] switch { 'n' => "\n", 'r' => "\r", var other => $"{other}" }));
        }

        return (header, extension);
    }

    [GeneratedRegex(@"(?<=(?<!\\)(\\\\)*)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"(^| )(?<key>[A-Za-z0-9]+)=")]
    private static partial Regex Key();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();

    [GeneratedRegex(@"\A(cs|cn|c6a)\d\z")]
    private static partial Regex CustomKey();
}
