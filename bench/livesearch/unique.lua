-- For wrk: a search of five sites for a whole document, with a query that nobody has asked before.
local asked = 0
local run = os.time()

request = function()
  asked = asked + 1
  return wrk.format("GET", "/api/search?q=w" .. run .. "n" .. asked)
end
