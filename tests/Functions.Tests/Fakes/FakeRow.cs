using System.Globalization;
using System.Text;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>A stored entity: never changed, only replaced. Values are of the types that the service has.</summary>
internal sealed record FakeRow(string Partition, string Row, IReadOnlyDictionary<string, object> Values, DateTimeOffset Timestamp, ETag ETag)
{
    private const int MaxValueBytes = 64 * 1024;
    private const int MaxEntityBytes = 1024 * 1024;
    private const int MaxProperties = 252;
    private static readonly DateTimeOffset Earliest = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>About what the entity takes in the body of a request.</summary>
    public int BodyBytes => 500 + 2 * (Partition.Length + Row.Length) + Values.Sum(pair => pair.Key.Length * 2 + 40 + pair.Value switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        byte[] bytes => (bytes.Length + 2) / 3 * 4,
        _ => 40,
    });

    public static FakeRow Of(ITableEntity entity)
    {
        if (entity is not TableEntity given) throw new NotSupportedException($"Entities are written as {nameof(TableEntity)} here.");
        ArgumentNullException.ThrowIfNull(given.PartitionKey);
        ArgumentNullException.ThrowIfNull(given.RowKey);
        var values = given
            .Where(pair => pair.Value is not null && pair.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag"))
            .ToDictionary(pair => pair.Key, pair => Stored(pair.Key, pair.Value), StringComparer.Ordinal);
        return new FakeRow(given.PartitionKey, given.RowKey, values, default, default);
    }

    public FakeRow MergedWith(FakeRow given)
    {
        var values = new Dictionary<string, object>(Values, StringComparer.Ordinal);
        foreach (var (name, value) in given.Values) values[name] = value;
        return this with { Values = values };
    }

    public FakeRow StampedAt(DateTimeOffset moment) => this with
    {
        Timestamp = moment,
        ETag = new ETag($"W/\"datetime'{Uri.EscapeDataString(moment.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture))}'\""),
    };

    /// <summary>A copy for a reader, with all properties or the selected ones.</summary>
    public TableEntity Entity(string[]? select)
    {
        bool Wanted(string name) => select is null || select.Contains(name, StringComparer.Ordinal);
        var entity = new TableEntity();
        if (Wanted("PartitionKey")) entity.PartitionKey = Partition;
        if (Wanted("RowKey")) entity.RowKey = Row;
        if (Wanted("Timestamp")) entity.Timestamp = Timestamp;
        entity.ETag = ETag;
        foreach (var (name, value) in Values)
            if (Wanted(name)) entity[name] = value is byte[] bytes ? bytes.ToArray() : value;
        return entity;
    }

    /// <summary>The value of a property for a filter; null where there is none.</summary>
    public object? Value(string name) => name switch
    {
        "PartitionKey" => Partition,
        "RowKey" => Row,
        "Timestamp" => Timestamp,
        _ => Values.GetValueOrDefault(name),
    };

    /// <summary>Fails as the service does where the entity is none that it would keep.</summary>
    public void Check()
    {
        CheckKey(nameof(TableEntity.PartitionKey), Partition);
        CheckKey(nameof(TableEntity.RowKey), Row);
        if (Values.Count > MaxProperties) throw TableErrors.Invalid($"The entity has more than {MaxProperties} properties.", "TooManyProperties");
        foreach (var (name, value) in Values)
        {
            if (name.Length > 255) throw TableErrors.Invalid("The name of a property is longer than 255 characters.", "PropertyNameTooLong");
            if (!(char.IsLetter(name[0]) || name[0] == '_') || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
                throw TableErrors.Invalid("The name of a property is no identifier.", "PropertyNameInvalid");
            if (Bytes(value) > MaxValueBytes) throw TableErrors.Invalid("The property value exceeds the maximum allowed size (64KB).", "PropertyValueTooLarge");
            if (value is DateTimeOffset moment && moment < Earliest) throw TableErrors.Invalid($"The '{name}' parameter is out of range.", "OutOfRangeInput");
        }
        if (4 + 2 * (Partition.Length + Row.Length) + Values.Sum(pair => 8 + 2 * pair.Key.Length + Bytes(pair.Value)) > MaxEntityBytes)
            throw TableErrors.Invalid("The entity is larger than the maximum allowed size (1MB).", "EntityTooLarge");
    }

    private static void CheckKey(string which, string key)
    {
        if (key.Length > 512) throw TableErrors.Invalid($"The {which} exceeds the maximum allowed size (1KB).", "KeyValueTooLarge");
        if (key.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c))) throw TableErrors.Invalid($"The '{which}' parameter has a character that no key may have.", "OutOfRangeInput");
    }

    private static int Bytes(object value) => value switch
    {
        string text => text.Length * 2,
        byte[] bytes => bytes.Length,
        int => 4,
        bool => 1,
        Guid => 16,
        _ => 8,
    };

    private static object Stored(string name, object value) => value switch
    {
        string or int or long or bool or double or Guid => value,
        byte[] bytes => bytes.ToArray(),
        BinaryData data => data.ToArray(),
        DateTimeOffset moment => moment.ToUniversalTime(),
        DateTime { Kind: DateTimeKind.Unspecified } => throw new ArgumentException($"{name}: a time says that it is UTC.", nameof(value)),
        DateTime moment => new DateTimeOffset(moment.ToUniversalTime()),
        _ => throw new NotSupportedException($"{name}: the Table service has no {value.GetType().Name}."),
    };
}
