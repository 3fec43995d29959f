using System.Text;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>Opens pages and posts their forms, as a browser without scripts does.</summary>
internal static class PageCalls
{
    public static async Task<PageReply> Open(this TestApi api, string path, string by) => new(await api.Send("GET", path, by));

    /// <summary>Posts a form as somebody.</summary>
    public static Task<Reply> Post(this TestApi api, string path, string by, params (string Name, string Value)[] fields)
    {
        var body = string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));
        var http = api.Context("POST", path, Encoding.UTF8.GetBytes(body));
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Headers.Authorization = $"Bearer {api.Issuer.Mint(by, TimeSpan.FromMinutes(10))}";
        return api.Run(http);
    }

    /// <summary>Posts a form that is taken, and opens the page that the answer leads to.</summary>
    public static async Task<PageReply> Do(this TestApi api, string path, string by, params (string Name, string Value)[] fields)
    {
        var answer = await api.Post(path, by, fields);
        Assert.True(answer.Status == 303, answer.Text);
        return await api.Open(answer.Headers.Location.ToString(), by);
    }
}
