using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>What the ledger knows of one privilege, and the rules of its changes. Each may be repeated.</summary>
internal sealed record LedgerState(IReadOnlyList<LedgerHolder> Holders, string? Standing)
{
    private const string Column = "State";

    public static LedgerState Empty { get; } = new([], null);

    [JsonIgnore]
    public bool IsEmpty => Holders.Count == 0;

    public LedgerState With(LedgerHolder holder, string? standing) => Holders.Any(other => other.GrantId == holder.GrantId)
        ? this
        : new([.. Holders, holder], IsEmpty ? standing : Standing);

    public LedgerState Leaving(string grantId) => this with { Holders = [.. Holders.Select(holder => holder.GrantId == grantId ? holder with { Leaving = true } : holder)] };

    public LedgerState Without(string grantId)
    {
        List<LedgerHolder> left = [.. Holders.Where(holder => holder.GrantId != grantId)];
        return new(left, left.Count == 0 ? null : Standing);
    }

    public void Write(TableEntity row) => Chunks.Write(row, Column, JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web));

    public static LedgerState Read(TableEntity row) =>
        Chunks.Read(row, Column) is { } bytes ? JsonSerializer.Deserialize<LedgerState>(bytes, JsonSerializerOptions.Web)! : Empty;
}
