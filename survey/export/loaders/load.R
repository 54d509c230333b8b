# Read this folder's tables: typed, categories as factors with labels, texts as they were typed.
#
#   source("load.R"); data <- load_bundle("."); str(data$forecasts_long)
#
# Needs the package jsonlite. Texts that a spreadsheet could run, or that look like a number, begin with ' in the files.

plain <- function(text) {
  marked <- paste0(
    "^'(?:[^\\S\\t\\r\\n]*[=+\\-@\\t\\r\uFF1D\uFF0B\uFF0D\uFF20']|[\\s\\S]*\\n[^\\S\\t\\r\\n]*[=+\\-@\\t\\r\uFF1D\uFF0B\uFF0D\uFF20']",
    "|(?:(?i:\\s*[+-]?(?:\\d[\\d_]*\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?\\s*|true|false|[+-]?(?:nan|inf(?:inity)?))",
    "|T|F|#?NA|#?N/A|n/a|#N/A N/A|<NA>|NULL|null|None)$)"
  )
  found <- !is.na(text) & grepl(marked, text, perl = TRUE)
  text[found] <- substring(text[found], 2)
  text
}

load_table <- function(resource, folder) {
  fields <- resource$schema$fields
  frame <- utils::read.csv(
    file.path(folder, resource$path),
    colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8", quote = "\""
  )
  for (field in fields) {
    column <- plain(frame[[field$name]])
    column <- switch(field$type,
      integer = as.integer(column), number = as.numeric(column), boolean = column == "true",
      date = as.Date(column), datetime = as.POSIXct(column, format = "%Y-%m-%dT%H:%M:%SZ", tz = "UTC"), column
    )
    if (!is.null(field$categories)) {
      codes <- vapply(field$categories, function(one) one$value, "")
      labels <- vapply(field$categories, function(one) one$label, "")
      column <- factor(column, levels = codes, labels = labels)
    }
    attr(column, "label") <- field$description
    frame[[field$name]] <- column
  }
  frame
}

load_bundle <- function(folder = ".") {
  package <- jsonlite::fromJSON(file.path(folder, "datapackage.json"), simplifyVector = FALSE)
  found <- lapply(package$resources, load_table, folder = folder)
  names(found) <- vapply(package$resources, function(one) one$name, "")
  found
}
