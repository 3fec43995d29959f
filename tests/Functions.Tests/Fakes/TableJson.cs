using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>Entities as the Table service's JSON: what JSON has no type for is a string, with its type beside it.</summary>
internal static class TableJson
{
    public static HttpContent Content(JsonNode body) => new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    public static JsonObject Body(TableEntity entity)
    {
        var body = new JsonObject { ["PartitionKey"] = entity.PartitionKey, ["RowKey"] = entity.RowKey };
        foreach (var (name, value) in FakeRow.Of(entity).Values)
        {
            (JsonNode, string?) json = value switch
            {
                string text => (text, null),
                int number => (number, null),
                bool flag => (flag, null),
                long number => (number.ToString(CultureInfo.InvariantCulture), "Edm.Int64"),
                double number => (number, "Edm.Double"),
                Guid id => (id.ToString(), "Edm.Guid"),
                byte[] bytes => (Convert.ToBase64String(bytes), "Edm.Binary"),
                DateTimeOffset moment => (moment.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture), "Edm.DateTime"),
                _ => throw new NotSupportedException(value.GetType().Name),
            };
            (body[name], var type) = json;
            if (type is not null) body[name + "@odata.type"] = type;
        }
        return body;
    }

    public static TableEntity Entity(JsonObject body)
    {
        var entity = new TableEntity();
        foreach (var (name, value) in body)
        {
            if (name == "odata.etag") entity.ETag = new ETag((string)value!);
            if (value is null || name.Contains("odata.", StringComparison.Ordinal)) continue;
            var type = name == "Timestamp" ? "Edm.DateTime" : (string?)body[name + "@odata.type"];
            entity[name] = type switch
            {
                "Edm.Int64" => (object)long.Parse((string)value!, CultureInfo.InvariantCulture),
                "Edm.Double" => Real(value),
                "Edm.Guid" => Guid.Parse((string)value!),
                "Edm.Binary" => Convert.FromBase64String((string)value!),
                "Edm.DateTime" => DateTimeOffset.Parse((string)value!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                _ => value.GetValueKind() switch
                {
                    JsonValueKind.True or JsonValueKind.False => (object)(bool)value!,
                    JsonValueKind.Number => value.AsValue().TryGetValue<int>(out var number) ? number : (object)(double)value!,
                    _ => (string)value!,
                },
            };
        }
        return entity;
    }

    private static double Real(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? double.Parse((string)value!, CultureInfo.InvariantCulture) : (double)value!;
}
