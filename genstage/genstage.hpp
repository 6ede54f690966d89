#pragma once

/// All that a program needs to define stages and run them as a supervised tree.
///
/// The simulation (genstage/simulation/simulation.hpp) and the optional parts (genstage/io,
/// genstage/http) have headers of their own.
#include <genstage/application/application.hpp>
#include <genstage/application/child.hpp>
#include <genstage/process/debug.hpp>
#include <genstage/process/introspection.hpp>
#include <genstage/process/registry.hpp>
#include <genstage/process/request.hpp>
#include <genstage/process/server.hpp>
#include <genstage/stage/as_range.hpp>
#include <genstage/stage/consumer_supervisor.hpp>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/range_producer.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/stage/stage.hpp>
#include <genstage/supervision/async_stream.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/supervision/partition_supervisor.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <genstage/supervision/task_supervisor.hpp>
