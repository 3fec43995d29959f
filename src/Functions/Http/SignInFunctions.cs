using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>Signing in with a browser, and out again.</summary>
public sealed class SignInFunctions(HttpDoor door)
{
    /// <summary>Where people sign in.</summary>
    [Function(nameof(SignInPage))]
    public Task<IResult> SignInPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "signin")] HttpRequest http) =>
        door.Run(http);

    /// <summary>As a person of a demo, which this host never is.</summary>
    [Function(nameof(SignInAsPerson))]
    public Task<IResult> SignInAsPerson([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "signin")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Where the provider sends the browser back to.</summary>
    [Function(nameof(SignInCallback))]
    public Task<IResult> SignInCallback([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "signin/callback")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Ends the session.</summary>
    [Function(nameof(SignOut))]
    public Task<IResult> SignOut([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "signout")] HttpRequest http) =>
        door.Run(http);
}
