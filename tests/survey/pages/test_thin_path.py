def test_thin(client):
    r = client.get("/"); print(r.status_code); assert r.status_code == 200, r.text
    r = client.get("/s/ukraine/join"); assert r.status_code == 200
    import re
    key = re.search(r'name="join_key"[^>]*value="([^"]+)"', r.text).group(1)
    r = client.post("/s/ukraine/join", data={"join_key": key, "agree": "y"}); assert r.status_code == 303, r.text
    r = client.get("/s/ukraine/welcome"); assert r.status_code == 200
    print(re.search(r'id="code" value="([^"]*)"', r.text).group(1))
    for p in ("themes", "mine", "scenarios", "leave", "return", "q/leaders-meet", "q/leaders-meet/crowd", "q/leaders-meet/withdraw"):
        r = client.get("/s/ukraine/" + p); assert r.status_code == 200, p
    r = client.get("/s/ukraine/q/leaders-meet")
    key = re.search(r'name="key"[^>]*value="([^"]+)"', r.text).group(1)
    r = client.post("/s/ukraine/q/leaders-meet", data={"key": key, "p-yes": "30", "format":"percent"}); assert r.status_code == 303, r.text
    r = client.get(r.location); assert "30" in r.text; print(r.text)
