using System.Reflection;
using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Tests.Audit.Ocsf;
using AccessFunctions.Domain.Audit;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

public sealed class WireFormatTests
{
    private static readonly string[] CloudEvents = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"];

    private readonly WireFormat _wire = new(new WireOptions { Source = "https://access.example/", ProductVersion = "2.3.4" });

    public static TheoryData<string> Types => [.. Known(), "access.something.new"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Line_OfEveryType_IsWhatOcsfPublishes(string type)
    {
        AuditEvent[] events = [Samples.Full(type), Samples.Bare(type), Samples.Full(type) with { Succeeded = false, Emergency = true }];

        Assert.All(events, happened =>
        {
            var row = Samples.Row(happened);
            Ocsf(Parsed(_wire.Line(row)), $"{row.Stream}/{row.Sequence}", type);
            Ocsf(Parsed(new WireFormat(new WireOptions { IncludeDetail = true }).Line(row)), $"{row.Stream}/{row.Sequence}", type);
        });
    }

    [Fact]
    public void EveryKnownType_IsInTheTable() => Assert.Equal(Known().Order(StringComparer.Ordinal), AuditEventTypes.All.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void AnUnknownType_IsAnUpdateOfItsRequest() => Assert.Equal(300403, AuditEventTypes.Of("access.something.new").TypeUid);

    [Theory]
    [InlineData(EventTypes.Grant.Provisioned, 300501)]
    [InlineData(EventTypes.Grant.ProvenGone, 300502)]
    [InlineData(EventTypes.Grant.Vanished, 300599)]
    [InlineData(EventTypes.Grant.Unexpected, 300599)]
    [InlineData(EventTypes.Request.Submitted, 300401)]
    [InlineData(EventTypes.Request.Approved, 300403)]
    [InlineData(EventTypes.Host.SignInFailed, 300201)]
    [InlineData(EventTypes.Host.CallRefused, 600399)]
    [InlineData(EventTypes.Host.AuditExported, 600302)]
    public void TypeUid_IsClassTimesHundredPlusActivity(string type, int typeUid) => Assert.Equal(typeUid, AuditEventTypes.Of(type).TypeUid);

    [Fact]
    public void Line_OfAGrant_IsExactlyThis()
    {
        var row = Samples.Row(Samples.Full(EventTypes.Grant.Provisioned));
        var body = AuditBody.Read(row);

        var expected =
            """
            {"specversion":"1.0","id":"r-1/1","source":"https://access.example/","type":"access.grant.provisioned","subject":"r-1",
            "time":"2026-11-21T09:00:00.123Z","datacontenttype":"application/json","data":{"category_uid":3,"class_uid":3005,"activity_id":1,
            "activity_name":"Assign Privileges","type_uid":300501,"severity_id":1,"time":1795251600123,"message":"Access was given.",
            "status_id":1,"status":"Success","status_detail":"audit","metadata":{"version":"1.8.0","product":{"name":"Access Functions",
            "vendor_name":"Access Functions","version":"2.3.4"},"uid":"r-1/1","sequence":1,"correlation_uid":"r-1","event_code":"access.grant.provisioned"},
            "actor":{"user":{"uid":"bob"}},"user":{"uid":"alice"},"privileges":["analytics_reader"],"resources":[{"uid":"pg-prod/analytics","type":"Role"}],
            "unmapped":{"stream":"r-1","sequence":1,"hash":"HASH","previous":"PREVIOUS","emergency":false,"channel":"SignedIn",
            "signalId":"s-1","requestId":"r-1","requester":"alice","revision":2,"level":1,"phase":"Active","outcome":"Revoked","reason":"audit","kind":"Role",
            "resource":"pg-prod/analytics","role":"analytics_reader","identity":"alice_pg","grantId":"g-1","periodStart":"2026-11-21T10:00:00Z",
            "periodEnd":"2026-11-21T18:00:00Z","detailHash":"DETAIL"}}}
            """.ReplaceLineEndings("").Replace("HASH", row.Hash, StringComparison.Ordinal).Replace("PREVIOUS", row.Previous, StringComparison.Ordinal)
            .Replace("DETAIL", body.DetailHash, StringComparison.Ordinal);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(_wire.Line(row)));
    }

    [Fact]
    public void Line_LeavesTheDetailOut_UnlessItIsAskedFor()
    {
        var row = Samples.Row(Samples.Full(EventTypes.Host.CallRefused));

        var without = System.Text.Encoding.UTF8.GetString(_wire.Line(row));
        Assert.DoesNotContain("192.0.2.7", without, StringComparison.Ordinal);
        Assert.DoesNotContain("because", without, StringComparison.Ordinal);

        var with = Parsed(new WireFormat(new WireOptions { IncludeDetail = true }).Line(row)).GetProperty("data");
        Assert.Equal("192.0.2.7", with.GetProperty("src_endpoint").GetProperty("ip").GetString());
        Assert.Equal("because of \"x\" and ü", with.GetProperty("unmapped").GetProperty("comment").GetString());
        Assert.Equal("because of \"x\" and ü", Detailed(Samples.Full(EventTypes.Request.Approved)).GetProperty("comment").GetString());

        var deleted = Parsed(new WireFormat(new WireOptions { IncludeDetail = true }).Line(row with { Detail = null, Salt = null })).GetProperty("data");
        Assert.False(deleted.GetProperty("unmapped").TryGetProperty("comment", out _));

        static JsonElement Detailed(AuditEvent happened) => Parsed(new WireFormat(new WireOptions { IncludeDetail = true }).Line(Samples.Row(happened))).GetProperty("data");
    }

    [Fact]
    public void Line_OfARefusedCall_NamesItsRoute()
    {
        var refused = Samples.Bare(EventTypes.Host.CallRefused) with
        {
            Detail = new AuditDetail { Address = "192.0.2.7", More = new Dictionary<string, string> { ["route"] = "POST /api/requests/{id}/secret" } },
        };

        var api = Parsed(_wire.Line(Samples.Row(refused))).GetProperty("data").GetProperty("api");
        Assert.Equal("POST /api/requests/{id}/secret", api.GetProperty("operation").GetString());
    }

    [Fact]
    public void Status_TellsSuccessFailureAndWhatIsPendingApart()
    {
        Assert.Equal(1, Status(Samples.Full(EventTypes.Grant.Provisioned)));
        Assert.Equal(2, Status(Samples.Full(EventTypes.Grant.ProvisionFailed) with { Succeeded = false }));
        Assert.Equal(99, Status(Samples.Full(EventTypes.Grant.ProvisionStarted)));
    }

    [Fact]
    public void AnEmergency_IsNeverMerelyInformational()
    {
        var data = Parsed(_wire.Line(Samples.Row(Samples.Full(EventTypes.Grant.Provisioned) with { Emergency = true }))).GetProperty("data");

        Assert.Equal(3, data.GetProperty("severity_id").GetInt32());
        Assert.True(data.GetProperty("unmapped").GetProperty("emergency").GetBoolean());
    }

    [Fact]
    public void Line_OfACheckpoint_CarriesItsRoot()
    {
        var checkpoint = Checkpoints.Make(7, Samples.Morning, [new StreamHead("r-1", 1, new string('a', 64))], new string('b', 64));

        var line = Parsed(_wire.Line(checkpoint));
        Ocsf(line, "checkpoint/7", WireFormat.CheckpointType);
        Assert.Equal(checkpoint.Root, line.GetProperty("data").GetProperty("unmapped").GetProperty("root").GetString());
    }

    [Fact]
    public void Line_OfADamagedRow_SaysThatItIsDamaged()
    {
        var row = Samples.Row(Samples.Bare(EventTypes.Request.Closed)) with { Body = [0xff, 0x00] };

        var line = Parsed(_wire.Line(row));
        Ocsf(line, "r-1/1", "access.audit.unreadable");
        Assert.Equal("/wA=", line.GetProperty("data").GetProperty("unmapped").GetProperty("body").GetString());
    }

    private static IEnumerable<string> Known() => typeof(EventTypes).GetNestedTypes()
        .SelectMany(group => group.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Select(field => (string)field.GetRawConstantValue()!);

    private static JsonElement Parsed(byte[] line)
    {
        Assert.DoesNotContain((byte)'\n', line);
        return JsonDocument.Parse(line).RootElement;
    }

    private int Status(AuditEvent happened) => Parsed(_wire.Line(Samples.Row(happened))).GetProperty("data").GetProperty("status_id").GetInt32();

    private static void Ocsf(JsonElement line, string id, string type)
    {
        Assert.All(line.EnumerateObject(), member => Assert.Contains(member.Name, CloudEvents));
        Assert.Equal("1.0", line.GetProperty("specversion").GetString());
        Assert.Equal(id, line.GetProperty("id").GetString());
        Assert.Equal(type, line.GetProperty("type").GetString());
        Assert.False(string.IsNullOrEmpty(line.GetProperty("source").GetString()));

        var data = line.GetProperty("data");
        OcsfSchema.Check(data);
        Assert.Equal(line.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds(), data.GetProperty("time").GetInt64());
        var metadata = data.GetProperty("metadata");
        Assert.Equal("Access Functions", metadata.GetProperty("product").GetProperty("name").GetString());
        Assert.Equal(id, metadata.GetProperty("uid").GetString());
        Assert.True(metadata.GetProperty("sequence").GetInt64() > 0);
        Assert.False(string.IsNullOrEmpty(metadata.GetProperty("correlation_uid").GetString()));
    }
}
