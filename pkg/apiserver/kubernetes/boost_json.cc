// Boost.JSON, compiled here: Debian's package of its library is not needed then.
#include <boost/json/src.hpp>
