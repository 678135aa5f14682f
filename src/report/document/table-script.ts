import { stateWords } from '../../sweep/state-words.ts';
import { trainingFields } from '../../sweep/training-fields.ts';

/** Words that people have for columns, beside those that stand above them: as in `show --where` and in the cockpit. */
const aliases = Object.fromEntries([
  ...trainingFields.flatMap(({ name, alias }) => (alias === undefined ? [] : [[alias.toLowerCase(), name] as const])),
  ['trial', 'trial'],
  ['m', 'ensemble_size'],
  ['mode', 'evaluation_mode'],
  ['tag', 'tags'],
]);

/**
 * Sorting and filtering of the long tables, in the page itself: without it the page reads the same. The filter is that of
 * `show --where`, over the columns that the table has; a word without a sign is looked for in all of them. Functions of
 * data come first and touch no document, so that they can be tried without a browser.
 */
export const tableScript = `
'use strict';
var stateWords=${JSON.stringify(stateWords)},aliases=${JSON.stringify(aliases)};
function columnNamed(word,columns){
  var lower=word.toLowerCase();
  if(columns[lower]!==undefined)return columns[lower];
  var alias=aliases[lower];
  return alias===undefined?undefined:columns[alias];
}
function readFilter(text,columns){
  var pattern=/\\s*([^\\s<>=!:]+)(?:\\s*(>=|<=|!=|=|>|<|:)\\s*("[^"]*"|[^\\s]*))?/y,terms=[];
  while(text.slice(pattern.lastIndex).trim()!==''){
    var from=pattern.lastIndex,found=pattern.exec(text);
    if(found===null)return{terms:terms,problem:'a condition begins with a column, as in p>=0.3: '+text.slice(from).trim()};
    var sign=found[2]===':'?'=':found[2],value=found[3];
    if(sign===undefined){terms.push({column:null,sign:'=',values:[found[1].toLowerCase()]});continue;}
    var column=columnNamed(found[1],columns);
    if(column===undefined)return{terms:terms,problem:'this table has no column '+found[1]+'; it has '+Object.keys(columns).join(', ')};
    if(value==='')return{terms:terms,problem:found[1]+found[2]+' needs a value'};
    var values=(value.charAt(0)==='"'?[value.slice(1,-1)]:value.split(',')).map(function(word){return word.toLowerCase();});
    if(sign!=='='&&sign!=='!='){
      if(column==='state'||column==='tags')return{terms:terms,problem:'a '+(column==='state'?'state':'tag')+' has no order: '+found[0].trim()};
      if(values.length>1||isNaN(Number(values[0])))return{terms:terms,problem:found[1]+found[2]+' takes one number, not '+value};
    }
    if(column==='state')values=[].concat.apply([],values.map(function(word){return stateWords[word]||[word];}));
    terms.push({column:column,sign:sign,values:values});
  }
  return{terms:terms,problem:null};
}
function compareValues(a,b){
  if(a===b)return 0;
  if(a==='')return 1;
  if(b==='')return -1;
  var x=Number(a),y=Number(b);
  if(!isNaN(x)&&!isNaN(y))return x-y;
  return a<b?-1:1;
}
function isValue(own,word){
  if(word==='none'||word==='null')return own==='';
  if(own==='')return false;
  return compareValues(own,word)===0||own.split(/[ ,]+/).indexOf(word)>=0;
}
function meets(term,own){
  if(own===undefined)return false;
  own=own.toLowerCase();
  if(term.sign==='=')return term.values.some(function(word){return isValue(own,word);});
  if(term.sign==='!=')return!term.values.some(function(word){return isValue(own,word);});
  if(own==='')return false;
  var order=compareValues(own,term.values[0]);
  return term.sign==='>'?order>0:term.sign==='<'?order<0:term.sign==='>='?order>=0:order<=0;
}
function keeps(terms,row){
  return terms.every(function(term){
    if(term.column!==null)return meets(term,row[term.column]);
    return Object.keys(row).some(function(name){return row[name].toLowerCase().indexOf(term.values[0])>=0;});
  });
}
function enhance(table,number){
  var body=table.tBodies[0],rows=Array.prototype.slice.call(body.rows);
  var headers=Array.prototype.slice.call(table.tHead.rows[0].cells);
  var valueOf=function(row,index){var cell=row.cells[index];var own=cell.getAttribute('data-value');return own===null?cell.textContent:own;};
  var columns={};
  headers.forEach(function(header){
    var name=header.getAttribute('data-name');
    columns[header.textContent.toLowerCase()]=name;
    if(columns[name.toLowerCase()]===undefined)columns[name.toLowerCase()]=name;
  });
  var records=rows.map(function(row){
    var record={};
    headers.forEach(function(header,index){
      var name=header.getAttribute('data-name'),own=valueOf(row,index);
      record[name]=name==='state'?own+' '+row.cells[index].textContent:own;
    });
    return record;
  });
  var state={index:-1,sign:1};
  var controls=document.createElement('div');controls.className='controls';
  var label=document.createElement('label'),input=document.createElement('input'),count=document.createElement('output');
  input.id='filter-'+number;input.type='search';input.placeholder='p>=0.3 M=4 state:done';
  label.htmlFor=input.id;label.textContent='Filter';
  count.setAttribute('aria-live','polite');
  controls.append(label,input,count);
  table.parentNode.parentNode.insertBefore(controls,table.parentNode);
  function show(){
    var read=readFilter(input.value,columns),shown=0;
    rows.forEach(function(row,index){var kept=keeps(read.terms,records[index]);row.hidden=!kept;if(kept)shown+=1;});
    count.textContent=read.problem===null?shown+' of '+rows.length+' rows':read.problem;
  }
  headers.forEach(function(header,index){
    var button=document.createElement('button');button.type='button';button.textContent=header.textContent;
    header.textContent='';header.append(button);
    button.addEventListener('click',function(){
      state=state.index===index?{index:index,sign:-state.sign}:{index:index,sign:1};
      headers.forEach(function(other,place){
        if(place===index)other.setAttribute('aria-sort',state.sign>0?'ascending':'descending');
        else other.removeAttribute('aria-sort');
      });
      var order=rows.map(function(row,place){return place;});
      order.sort(function(a,b){
        var x=valueOf(rows[a],index),y=valueOf(rows[b],index);
        if(x===''||y==='')return compareValues(x,y)||a-b;
        return state.sign*compareValues(x,y)||a-b;
      });
      order.forEach(function(place){body.append(rows[place]);});
    });
  });
  input.addEventListener('input',show);
  show();
}
if(typeof document!=='undefined')Array.prototype.forEach.call(document.querySelectorAll('table.searchable'),enhance);
`.trim();
