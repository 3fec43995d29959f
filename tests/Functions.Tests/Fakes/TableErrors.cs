using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>What the Table service says when it refuses: the statuses and codes of its documentation.</summary>
internal static class TableErrors
{
    public static RequestFailedException NoTable(string table) => Error(404, "TableNotFound", $"The table '{table}' does not exist.");
    public static RequestFailedException NoEntity() => Error(404, "ResourceNotFound", "The specified resource does not exist.");
    public static RequestFailedException TableExists() => Error(409, "TableAlreadyExists", "The table specified already exists.");
    public static RequestFailedException Exists() => Error(409, "EntityAlreadyExists", "The specified entity already exists.");
    public static RequestFailedException Changed() => Error(412, "UpdateConditionNotSatisfied", "The update condition specified in the request was not satisfied.");
    public static RequestFailedException Invalid(string message, string code = "InvalidInput") => Error(400, code, message);
    public static RequestFailedException Error(int status, string code, string message) => new(status, message, code, null);

    /// <summary>A transaction fails as a whole; the message begins with the position of the action that was refused, as the service's does.</summary>
    public static TableTransactionFailedException Failed(int index, RequestFailedException cause) =>
        new(new RequestFailedException(cause.Status, $"{index}:{cause.Message}", cause.ErrorCode, cause));
}
