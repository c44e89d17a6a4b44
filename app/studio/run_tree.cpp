#include "app/studio/run_tree.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "align/recipe_changes.h"

namespace dotmoe::studio {

struct RunTree::Node {
    RunRecord record;
    Node* parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;
};

namespace {

/// What sets a run apart: its change where it is a fork, else its recipe.
QString change_text(const RunRecord& run) {
    if (!run.parent) return QString::fromStdString(run.recipe.name);
    return QString::fromStdString(to_text(run.parent->changed));
}

QString figure(const std::optional<Quality>& quality, double Quality::*value, int digits) {
    return quality ? QString::number(*quality.*value, 'f', digits) : QStringLiteral("–");
}

QString step_text(const RunRecord& run) {
    return run.finished ? QString::number(run.step)
                        : RunTree::tr("%1 of %2").arg(run.step).arg(training_steps(run.recipe));
}

QString cell_text(const RunRecord& run, int column) {
    switch (column) {
        case RunTree::name:
            return QString::fromStdString(run.folder.filename().string());
        case RunTree::change:
            return change_text(run);
        case RunTree::steps:
            return step_text(run);
        case RunTree::perplexity:
            return figure(run.quality, &Quality::perplexity, 2);
        case RunTree::kl:
            return figure(run.quality, &Quality::kl, 3);
        default:
            return {};
    }
}

QString tip_text(const RunRecord& run) {
    auto tip = QString::fromStdString(run.folder.string());
    if (run.parent)
        tip += RunTree::tr("\nforked from %1 (%2), after %3 steps")
                   .arg(QString::fromStdString(run.parent->folder.string()),
                        QString::fromStdString(run.parent->state))
                   .arg(run.parent->step);
    if (!run.finished)
        tip += RunTree::tr("\nunfinished; its figures are those of stage '%1'")
                   .arg(QString::fromStdString(run.stage));
    return tip;
}

}  // namespace

RunTree::RunTree(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {}
RunTree::~RunTree() = default;

void RunTree::setRuns(const std::vector<RunRecord>& runs) {
    beginResetModel();
    m_root = std::make_unique<Node>();
    std::set<std::filesystem::path> folders, placed;
    for (const auto& run : runs) folders.insert(run.folder);
    const auto is_root = [&](const RunRecord& run) {
        return !run.parent || !folders.contains(run.parent->folder);
    };
    const std::function<void(Node&, const RunRecord&)> place = [&](Node& parent, const RunRecord& record) {
        if (!placed.insert(record.folder).second) return;
        auto& node = *parent.children.emplace_back(std::make_unique<Node>());
        node.record = record;
        node.parent = &parent;
        node.row = static_cast<int>(parent.children.size()) - 1;
        for (const auto& run : runs)
            if (run.parent && run.parent->folder == record.folder) place(node, run);
    };
    for (const auto& run : runs)
        if (is_root(run)) place(*m_root, run);
    for (const auto& run : runs) place(*m_root, run);  // folders overwritten so that they descend in a circle
    endResetModel();
}

RunTree::Node& RunTree::nodeAt(const QModelIndex& index) const {
    return index.isValid() ? *static_cast<Node*>(index.internalPointer()) : *m_root;
}

QModelIndex RunTree::indexOf(const Node& node) const {
    return &node == m_root.get() ? QModelIndex() : createIndex(node.row, 0, &node);
}

const RunRecord& RunTree::record(const QModelIndex& index) const {
    return nodeAt(index).record;
}

QModelIndex RunTree::find(const std::filesystem::path& folder) const {
    const std::function<QModelIndex(const Node&)> search = [&](const Node& node) -> QModelIndex {
        if (node.record.folder == folder) return indexOf(node);
        for (const auto& child : node.children)
            if (const auto found = search(*child); found.isValid()) return found;
        return {};
    };
    return search(*m_root);
}

QModelIndex RunTree::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, nodeAt(parent).children[static_cast<std::size_t>(row)].get());
}

QModelIndex RunTree::parent(const QModelIndex& child) const {
    return child.isValid() ? indexOf(*nodeAt(child).parent) : QModelIndex();
}

int RunTree::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(nodeAt(parent).children.size());
}

int RunTree::columnCount(const QModelIndex&) const {
    return columns;
}

QVariant RunTree::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto& of = record(index);
    switch (role) {
        case Qt::DisplayRole:
            return cell_text(of, index.column());
        case Qt::ToolTipRole:
            return tip_text(of);
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignVCenter | (index.column() <= change ? Qt::AlignLeft : Qt::AlignRight));
        default:
            return {};
    }
}

QVariant RunTree::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columns) return {};
    static const std::array names{tr("Conversion"), tr("Recipe or change"), tr("Steps"), tr("Perplexity"),
                                  tr("KL")};
    static const std::array tips{tr("Folder; a fork stands under the one that it began from"),
                                 tr("Preset of a conversion, or what a fork changed"),
                                 tr("Training steps done, over all phases"),
                                 tr("On held-out text; of an unfinished one at its last stage"),
                                 tr("Divergence from the dense model on held-out text")};
    if (role == Qt::DisplayRole) return names[static_cast<std::size_t>(section)];
    if (role == Qt::ToolTipRole) return tips[static_cast<std::size_t>(section)];
    return {};
}

}  // namespace dotmoe::studio
