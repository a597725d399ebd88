-- A wrk script: requests with one body, in which every <n> is a number of the request's own; or without a body.
-- Arguments: method, body, first number, how many numbers, stride.

local parts, first, span, stride, position = {}, 0, 1, 1, 0

local function split(body)
  local from = 1
  while true do
    local at, to = body:find("<n>", from, true)
    table.insert(parts, body:sub(from, at and at - 1))
    if not at then return end
    from = to + 1
  end
end

local function another()
  local number = string.format("%d", first + position * stride % span)
  position = position + 1
  return wrk.format(nil, nil, nil, table.concat(parts, number))
end

function init(args)
  wrk.method = args[1]
  if args[2] ~= "" then wrk.body = args[2] end
  split(args[2])
  first, span, stride = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  if #parts > 1 then request = another end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("\nmeasured %d %d %d %d %d\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status, latency:percentile(99)))
end
